#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace ssdgen {

/// A sum of products of named numbers, for offsets and bounds: 2 * stride * input_channels + 5.
class Expression {
  public:
    Expression(std::int64_t constant = 0) { add({}, constant); }      // NOLINT: a number is an expression
    Expression(int constant) : Expression(std::int64_t(constant)) {}  // NOLINT
    /// One name, a variable or a named number.
    static Expression name(const std::string& name);

    Expression& operator+=(const Expression& other);
    friend Expression operator+(Expression a, const Expression& b) { return a += b; }
    friend Expression operator-(Expression a, const Expression& b) { return a += b * Expression(-1); }
    friend Expression operator*(const Expression& a, const Expression& b);
    friend bool operator==(const Expression& a, const Expression& b) { return a.terms_ == b.terms_; }

    bool is_number() const { return terms_.empty() || (terms_.size() == 1 && terms_.begin()->first.empty()); }
    void collect_names(std::set<std::string>& names) const;
    bool is_known(const std::map<std::string, std::int64_t>& values) const;
    /// The value, with a value for every name. InternalError if a name has none.
    std::int64_t evaluate(const std::map<std::string, std::int64_t>& values) const;
    /// The expression with a name replaced.
    Expression substitute(const std::string& name, const Expression& by) const;
    /// C++: names first, no "* 1", no "+ 0"; "0" if there is nothing.
    std::string text() const;
    /// The same with `prefix` in front of these names.
    std::string text(const std::set<std::string>& names, const std::string& prefix) const;

  private:
    using Factors = std::vector<std::string>;  // sorted
    void add(const Factors& factors, std::int64_t coefficient);
    std::map<Factors, std::int64_t> terms_;  // no zero coefficients
};

}  // namespace ssdgen
