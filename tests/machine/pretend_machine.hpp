// A machine made of files in a temporary folder, with an environment of its own:
// what the tests of src/machine ask.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "machine/surroundings.hpp"

namespace drover::machine {

class PretendMachine {
 public:
  PretendMachine() {
    std::string pattern = (std::filesystem::temp_directory_path() / "drover-machine-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    root_ = pattern;
  }
  ~PretendMachine() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  PretendMachine(const PretendMachine&) = delete;
  PretendMachine& operator=(const PretendMachine&) = delete;

  PretendMachine& file(const std::string& path, const std::string& text) {
    const std::filesystem::path where = root_.string() + path;
    std::filesystem::create_directories(where.parent_path());
    std::ofstream(where) << text;
    return *this;
  }
  PretendMachine& variable(const std::string& name, const std::string& value) {
    variables_[name] = value;
    return *this;
  }
  // CPUs 0 to count − 1 are online and allowed.
  PretendMachine& cpus(std::uint32_t count) {
    affinity_.clear();
    for (std::uint32_t cpu = 0; cpu < count; ++cpu) affinity_.push_back(cpu);
    return file("/sys/devices/system/cpu/online", "0-" + std::to_string(count - 1) + "\n");
  }
  PretendMachine& allow(std::vector<std::uint32_t> cpus) {
    affinity_ = std::move(cpus);
    return *this;
  }
  PretendMachine& seat(std::uint32_t cpu, int package, int core) {
    const std::string folder = "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
    file(folder + "physical_package_id", std::to_string(package) + "\n");
    return file(folder + "core_id", std::to_string(core) + "\n");
  }
  // Only version 2, as on a current distribution.
  PretendMachine& unified(const std::string& group) {
    file("/proc/self/cgroup", "0::" + group + "\n");
    return file("/proc/self/mountinfo",
                "24 1 0:22 / / rw - ext4 /dev/sda1 rw\n"
                "35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n");
  }

  [[nodiscard]] std::string path(const std::string& below) const { return root_.string() + below; }
  [[nodiscard]] Environment environment() const {
    return [variables = variables_](const std::string& name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      if (found == variables.end()) return std::nullopt;
      return found->second;
    };
  }
  [[nodiscard]] Surroundings surroundings() const {
    return {.root = root_.string(), .environment = environment(), .affinity = affinity_};
  }

 private:
  std::filesystem::path root_;
  std::map<std::string, std::string> variables_;
  std::vector<std::uint32_t> affinity_;
};

}  // namespace drover::machine
