#pragma once
// The echo service: the bytes come back (RFC 862).

#include "servers/core/session.h"

namespace threadmill::servers {

class EchoSession : public Session {
 public:
  Verdict on_bytes(std::string_view bytes, Outbox& out) override {
    out.append(bytes);
    return Verdict::keep;
  }
};

}  // namespace threadmill::servers
