#include "cie-spectrum/gaunt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace cie {
namespace {

struct Point {
  double log10_gamma2, log10_u, gff;
};

constexpr Point kTable[] = {
#include "gaunt_ff.inc"
};

constexpr double kStep = 0.2;
constexpr std::size_t kColumns = 27;  // points in log10 u, the faster index
constexpr std::size_t kRows = 26;     // points in log10 gamma^2
constexpr Point kFirst = kTable[0];
constexpr Point kLast = kTable[kRows * kColumns - 1];

// The interpolation counts on a complete and evenly spaced grid.
constexpr bool is_regular_grid() {
  if (std::size(kTable) != kRows * kColumns) return false;
  for (std::size_t row = 0; row < kRows; ++row) {
    for (std::size_t column = 0; column < kColumns; ++column) {
      const Point& point = kTable[row * kColumns + column];
      const double off_row = point.log10_gamma2 - (kFirst.log10_gamma2 + kStep * static_cast<double>(row));
      const double off_column = point.log10_u - (kFirst.log10_u + kStep * static_cast<double>(column));
      if (off_row * off_row + off_column * off_column > 1e-20) return false;
    }
  }
  return true;
}
static_assert(is_regular_grid(), "data/gaunt_ff.csv is not the grid that gaunt.cpp was written for");

// The four neighbouring points of one direction and what each contributes.
struct Stencil {
  std::size_t first;
  std::array<double, 4> weights;
};

// Two points on either side where there are, else the four at the edge.
Stencil lagrange(double x, double origin, std::size_t points) {
  const double position = (x - origin) / kStep;
  const double start = std::clamp(std::floor(position) - 1, 0.0, static_cast<double>(points - 4));
  const double t = position - start;
  return {static_cast<std::size_t>(start),
          {(t - 1) * (t - 2) * (t - 3) / -6, t * (t - 2) * (t - 3) / 2, t * (t - 1) * (t - 3) / -2,
           t * (t - 1) * (t - 2) / 6}};
}

}  // namespace

Interval gaunt_log10_u() {
  return {kFirst.log10_u, kLast.log10_u};
}
Interval gaunt_log10_gamma2() {
  return {kFirst.log10_gamma2, kLast.log10_gamma2};
}

Result<double> gaunt_free_free(double log10_u, double log10_gamma2) {
  if (!gaunt_log10_u().holds(log10_u) || !gaunt_log10_gamma2().holds(log10_gamma2)) {
    return refuse(
        Refusal::Kind::usage,
        fmt::format("no Gaunt factor for log10 u = {:.4g}, log10 gamma^2 = {:.4g}: the table covers "
                    "{} to {} and {} to {}",
                    log10_u, log10_gamma2, kFirst.log10_u, kLast.log10_u, kFirst.log10_gamma2,
                    kLast.log10_gamma2));
  }
  const Stencil rows = lagrange(log10_gamma2, kFirst.log10_gamma2, kRows);
  const Stencil columns = lagrange(log10_u, kFirst.log10_u, kColumns);
  double gaunt = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    double along_u = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      along_u += columns.weights[j] * kTable[(rows.first + i) * kColumns + columns.first + j].gff;
    }
    gaunt += rows.weights[i] * along_u;
  }
  return gaunt;
}

}  // namespace cie
