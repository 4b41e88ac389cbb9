#pragma once

#include "kernel/tree.h"
#include "target/target.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace ssdgen::test {

// Runs kernel trees without a compiler, as C++ would run what is printed of them, and looks at every access.

/// A fault of a tree that runs, "kernel K, function F: ...": what compiled code would do is undefined, or it would not
/// compile.
struct TreeError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A stretch of memory that kernels work on. It knows which of its bytes have been written.
class Area {
  public:
    /// So many bytes, none of them written. name: for messages.
    Area(std::string name, std::int64_t bytes);
    /// These values.
    Area(std::string name, const std::vector<float>& values);
    Area(std::string name, const std::vector<std::uint8_t>& bytes);
    Area(std::string name, const std::vector<std::byte>& bytes);

    const std::string& name() const { return name_; }
    std::int64_t size() const { return std::int64_t(bytes_.size()); }

    /// Copies `count` bytes from the place `at` on; TreeError if they are not inside, or not all of them are written.
    void read(std::int64_t at, void* to, std::int64_t count) const;
    /// The bytes themselves, in place; the same errors.
    const std::uint8_t* written(std::int64_t at, std::int64_t count) const;
    /// TreeError if they are not inside.
    void write(std::int64_t at, const void* from, std::int64_t count);
    /// They are as if nobody had written them. TreeError if they are not inside.
    void forget(std::int64_t at, std::int64_t count);

    /// All of it as floats; TreeError if any is not written.
    std::vector<float> floats() const;

    /// From now on it is known what has been fetched into the second-level cache.
    void keep_fetches() { keeps_fetches_ = true; }
    void note_fetch(std::int64_t at) {
        if (keeps_fetches_) fetched_.insert(at / 64 * 64);
    }
    /// The places of these lines of 64 bytes, the area's first byte beginning a line; some may lie behind the area.
    const std::set<std::int64_t>& fetched() const { return fetched_; }

  private:
    void check_inside(std::int64_t at, std::int64_t count) const;

    std::string name_;
    std::vector<std::uint8_t> bytes_;
    std::vector<std::uint8_t> written_;  // one a byte; not 0: it has been written
    bool keeps_fetches_ = false;
    std::set<std::int64_t> fetched_;
};

/// What a function is called with: a pointer to a byte of an area, a pointer to nothing, which nobody may read through,
/// or a number.
struct Argument {
    enum class Kind { pointer, number };
    Kind kind = Kind::number;
    Area* area = nullptr;     // none: a pointer to nothing
    std::int64_t number = 0;  // of a pointer: bytes from the area's begin

    static Argument pointer(Area& area, std::int64_t byte = 0) { return {Kind::pointer, &area, byte}; }
    static Argument nowhere() { return {Kind::pointer, nullptr, 0}; }
    static Argument value(std::int64_t number) { return {Kind::number, nullptr, number}; }
};

/// A tree whose names have been looked up, to be run more than once on a target's vectors of floats: with one rounding
/// for a multiply-add if the target has it fused, or else with two.
class PreparedTree {
  public:
    /// TreeError for a name that means nothing or is taken, a call that does not fit its function, numbers loaded or
    /// stored through a pointer of another type (bytes: of any type that the tree knows; only floats are stored), a
    /// store through a pointer that is only read through.
    PreparedTree(const KernelTree& tree, const Target& target);
    /// Of a function that calls no other.
    PreparedTree(const Function& function, const Target& target);

    /// Runs a function, by default the entry. Each parameter takes one argument, one without a name too. TreeError for
    /// a load or store that is not inside its area, a load of what nobody has written, a pointer that is moved out of
    /// its area (right behind it is allowed, and what is prefetched may lie anywhere).
    ///
    /// What an area holds after that is what was written until then.
    void run(const std::vector<Argument>& arguments, const std::string& function = "") const;

  private:
    class Code;
    std::shared_ptr<const Code> code_;
};

/// Prepares a tree and runs a function of it, by default its entry.
void run_tree(const KernelTree& tree, const Target& target, const std::vector<Argument>& arguments,
              const std::string& function = "");

/// The same of a function that calls no other.
void run_function(const Function& function, const Target& target, const std::vector<Argument>& arguments);

}  // namespace ssdgen::test
