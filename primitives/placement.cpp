#include "primitives/placement.h"

namespace threadmill::primitives {

Placement& placement() {
  static Placement the_one;
  return the_one;
}

}  // namespace threadmill::primitives
