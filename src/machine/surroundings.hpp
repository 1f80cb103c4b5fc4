// Where drover looks when it asks what the machine offers: files below a root folder, environment variables,
// and the kernel's answer for the affinity. A test passes its own and so pretends any machine.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drover::machine {

// Looks up an environment variable; nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string&)>;
[[nodiscard]] Environment process_environment();

struct Surroundings {
  std::string root = "/";  // of /proc and /sys
  Environment environment = process_environment();
  std::optional<std::vector<std::uint32_t>> affinity;  // CPU numbers; nothing: ask the kernel

  // `absolute` ("/proc/self/cgroup") below the root.
  [[nodiscard]] std::string path(std::string_view absolute) const;
};

// All of a small file, as those in /proc and /sys are; nothing if it cannot be read.
[[nodiscard]] std::optional<std::string> text_of(const std::string& path);

// The same without the white space at its end: the value of a one-line file.
[[nodiscard]] std::optional<std::string> value_in(const std::string& path);

}  // namespace drover::machine
