#include "os/errors.h"

#include <cerrno>

namespace threadmill::os {

void throw_errno(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

}  // namespace threadmill::os
