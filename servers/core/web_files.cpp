#include "servers/core/web_files.h"

#include <algorithm>
#include <array>

#include "servers/web/embedded_files.h"

namespace threadmill::servers {

const WebFile* find_web_file(std::string_view name) {
  static constexpr std::array kFiles = {
      WebFile{"", "text/html; charset=utf-8", embedded::chat_html},
      WebFile{"chat.js", "text/javascript; charset=utf-8", embedded::chat_js},
      WebFile{"event_stream.js", "text/javascript; charset=utf-8", embedded::event_stream_js},
      WebFile{"room.js", "text/javascript; charset=utf-8", embedded::room_js},
      WebFile{"chat.css", "text/css; charset=utf-8", embedded::chat_css},
      WebFile{"openapi.json", "application/json", embedded::openapi_json},
  };
  const auto found =
      std::find_if(kFiles.begin(), kFiles.end(), [&](const WebFile& file) { return file.name == name; });
  return found == kFiles.end() ? nullptr : &*found;
}

}  // namespace threadmill::servers
