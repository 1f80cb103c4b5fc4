#include "machine/topology.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "units/number.hpp"

namespace drover::machine {
namespace {

// Where a CPU sits. core_id alone repeats from package to package, on some machines from die to die.
struct Seat {
  std::uint32_t package = 0;
  std::uint32_t die = 0;
  std::uint32_t core = 0;
  bool known = false;  // false: a core of its own, after all known ones
  std::uint32_t cpu = 0;

  bool shares_core_with(const Seat& other) const {
    return known && other.known && package == other.package && die == other.die && core == other.core;
  }
  auto key() const { return std::tuple(!known, package, die, core, cpu); }
};

Seat seat_of(std::uint32_t cpu, const Surroundings& here) {
  const std::string folder = here.path(fmt::format("/sys/devices/system/cpu/cpu{}/topology/", cpu));
  const auto number = [&](const char* file) {
    return whole_number<std::uint32_t>(value_in(folder + file).value_or(""));
  };
  Seat seat;
  seat.cpu = cpu;
  const auto core = number("core_id");
  if (!core) return seat;
  seat.known = true;
  seat.core = *core;
  // Virtual machines and some ARM boards say -1 here, older kernels have no die_id: one package, one die.
  seat.package = number("physical_package_id").value_or(0);
  seat.die = number("die_id").value_or(0);
  return seat;
}

}  // namespace

CoreOrder core_order(const UsableCores& usable, const Surroundings& here) {
  std::vector<Seat> seats;
  seats.reserve(usable.cpus.size());
  for (const std::uint32_t cpu : usable.cpus) seats.push_back(seat_of(cpu, here));
  std::ranges::sort(seats, {}, &Seat::key);
  CoreOrder order;
  std::uint32_t cores = 0;
  for (std::size_t i = 0; i < seats.size(); ++i) {
    order.cpus.push_back(seats[i].cpu);
    if (i == 0 || !seats[i].shares_core_with(seats[i - 1])) ++cores;
  }
  order.physical = usable.pretended || cores == 0 ? usable.count : std::min(cores, usable.count);
  return order;
}

}  // namespace drover::machine
