#pragma once
// The files of servers/web/ that the gateway serves, part of the program.

#include <span>
#include <string_view>

namespace threadmill::servers {

struct WebFile {
  std::string_view name;  ///< as in the path; empty: the chat page, at "/"
  std::string_view content_type;
  std::string_view content;
};

/// All of them.
std::span<const WebFile> web_files();

/// The file of that name, or nullptr.
const WebFile* find_web_file(std::string_view name);

}  // namespace threadmill::servers
