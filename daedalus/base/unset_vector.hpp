#pragma once

#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace daedalus {

/// An allocator with which `resize` leaves new elements unset.
template <class T>
struct LeavesUnset : std::allocator<T> {
  static_assert(std::is_trivial_v<T>);

  template <class U>
  struct rebind {
    using other = LeavesUnset<U>;
  };

  template <class U>
  void construct(U*) noexcept {}
  template <class U, class... Arguments>
  void construct(U* at, Arguments&&... arguments) {
    ::new (static_cast<void*>(at)) U(std::forward<Arguments>(arguments)...);
  }
};

/// For numbers that are written right after `resize`, which then costs nothing.
template <class T>
using UnsetVector = std::vector<T, LeavesUnset<T>>;

}  // namespace daedalus
