#include "servers/core/web_files.h"

#include <algorithm>
#include <array>

#include "servers/web/embedded_files.h"

namespace threadmill::servers {

std::span<const WebFile> web_files() {
  static constexpr std::array kFiles = {
      WebFile{"", "text/html; charset=utf-8", embedded::chat_html},
      WebFile{"chat.js", "text/javascript; charset=utf-8", embedded::chat_js},
      WebFile{"event_stream.js", "text/javascript; charset=utf-8", embedded::event_stream_js},
      WebFile{"room.js", "text/javascript; charset=utf-8", embedded::room_js},
      WebFile{"chat.css", "text/css; charset=utf-8", embedded::chat_css},
      WebFile{"openapi.json", "application/json", embedded::openapi_json},
  };
  return kFiles;
}

const WebFile* find_web_file(std::string_view name) {
  const auto found = std::ranges::find(web_files(), name, &WebFile::name);
  return found == web_files().end() ? nullptr : &*found;
}

}  // namespace threadmill::servers
