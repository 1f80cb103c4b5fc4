#include "units/system_error.hpp"

#include <cstring>

namespace drover {

Errc errc_of(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return Errc::not_found;
    case EACCES:
    case EPERM:
    case EROFS:
      return Errc::denied;
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return Errc::exhausted;
    default:
      return Errc::io;
  }
}

std::unexpected<Error> system_failure(std::string what, int error_number, std::string advice) {
  const char* words = ::strerrordesc_np(error_number);
  const bool full = error_number == ENOSPC || error_number == EDQUOT;
  if (advice.empty() && full) advice = "make room";
  return failure(errc_of(error_number), std::move(what) + ": " + (words != nullptr ? words : "unknown error"),
                 std::move(advice));
}

}  // namespace drover
