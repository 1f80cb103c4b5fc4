#include "cie-spectrum/fits_table.hpp"

#include <fitsio.h>
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <vector>

#include "cie-spectrum/temperature.hpp"

namespace cie {
namespace {

// CFITSIO's file in memory. In memory, for three reasons: CFITSIO reads '[', '(', '!' and ".gz" in a file
// name as orders, a full disk is then found by our own write, and the file can take its name in one step.
class MemoryFile {
 public:
  MemoryFile() { fits_create_memfile(&file_, &buffer_, &size_, kFitsBlock, std::realloc, &status_); }
  ~MemoryFile() {
    int ignored = 0;
    if (file_ != nullptr) fits_close_file(file_, &ignored);
    std::free(buffer_);  // NOLINT(cppcoreguidelines-no-malloc): CFITSIO makes it grow by realloc
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  [[nodiscard]] fitsfile* file() const { return file_; }
  // CFITSIO's running status: after the first error every call does nothing.
  [[nodiscard]] int* status() { return &status_; }

  // The bytes up to the end of the table; the buffer may be longer. The file is closed.
  std::string take_bytes() {
    LONGLONG header = 0, data = 0, end = 0;
    fits_flush_file(file_, &status_);
    fits_get_hduaddrll(file_, &header, &data, &end, &status_);
    fits_close_file(file_, &status_);
    file_ = nullptr;
    if (status_ != 0) return {};
    return {static_cast<const char*>(buffer_), static_cast<std::size_t>(end)};
  }

 private:
  static constexpr std::size_t kFitsBlock = 2880;

  std::size_t size_ = kFitsBlock;
  void* buffer_ = std::malloc(kFitsBlock);  // NOLINT(cppcoreguidelines-no-malloc): as above
  fitsfile* file_ = nullptr;
  int status_ = 0;
};

// CFITSIO writes a double with a fixed number of digits; this one reads back as the same number.
void write_number(MemoryFile& fits, std::string_view name, double value, std::string_view comment) {
  const std::string card = fmt::format("{:<8}= {:>20} / {}", name, shortest_decimal(value), comment);
  fits_write_record(fits.file(), card.c_str(), fits.status());
}

// By value: CFITSIO takes a pointer through which it could write.
void write_column(MemoryFile& fits, int number, std::vector<double> values) {
  fits_write_col(fits.file(), TDOUBLE, number, 1, 1, static_cast<LONGLONG>(values.size()), values.data(),
                 fits.status());
}

void write_header(MemoryFile& fits, const Spectrum& spectrum) {
  std::array<char*, 3> names, formats, units;
  std::string energ_lo = "ENERG_LO", energ_hi = "ENERG_HI", flux = "FLUX", real = "1D", extension = "MODEL";
  std::string keV = "keV", photons = "photon/cm**2/s/keV";
  names = {energ_lo.data(), energ_hi.data(), flux.data()};
  formats = {real.data(), real.data(), real.data()};
  units = {keV.data(), keV.data(), photons.data()};
  fits_create_tbl(fits.file(), BINARY_TBL, static_cast<LONGLONG>(kBins), 3, names.data(), formats.data(),
                  units.data(), extension.c_str(), fits.status());
  write_number(fits, "KT", spectrum.kT_keV, "[keV] temperature of the plasma");
  write_number(fits, "NENH", spectrum.electrons_per_hydrogen, "n_e/n_H, electrons for each hydrogen atom");
  for (std::string_view line : model_description()) {
    fits_write_history(fits.file(), std::string(line).c_str(), fits.status());
  }
}

}  // namespace

Result<std::string> fits_table(const Spectrum& spectrum) {
  MemoryFile fits;
  write_header(fits, spectrum);
  const std::vector<double>& edges = spectrum.edges_keV;
  write_column(fits, 1, {edges.begin(), edges.end() - 1});
  write_column(fits, 2, {edges.begin() + 1, edges.end()});
  write_column(fits, 3, spectrum.flux);
  std::string bytes = fits.take_bytes();
  if (*fits.status() != 0) {
    std::array<char, FLEN_STATUS> words{};
    fits_get_errstatus(*fits.status(), words.data());
    return refuse(Refusal::Kind::output, fmt::format("CFITSIO could not make the table: {}", words.data()));
  }
  return bytes;
}

}  // namespace cie
