#pragma once
// The terminal that this program writes to.

#include "plots/text/terminal_parts.h"

namespace threadmill::harness {

/// How wide standard output is: the terminal's columns, or else $COLUMNS, or else plots::widest_line. It has
/// colours where it is a terminal that knows them, `colours` is true, and $NO_COLOR is not set or empty
/// (https://no-color.org).
plots::TerminalLook look_of_stdout(bool colours);

}  // namespace threadmill::harness
