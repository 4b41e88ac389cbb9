#include "kernel/expression.h"

#include "support/error.h"

#include <algorithm>

namespace ssdgen {

Expression Expression::name(const std::string& name) {
    Expression expression;
    expression.add({name}, 1);
    return expression;
}

void Expression::add(const Factors& factors, std::int64_t coefficient) {
    if (coefficient == 0) return;
    const auto found = terms_.emplace(factors, 0).first;
    found->second += coefficient;
    if (found->second == 0) terms_.erase(found);
}

Expression& Expression::operator+=(const Expression& other) {
    const auto terms = other.terms_;  // a copy: other may be *this
    for (const auto& [factors, coefficient] : terms) add(factors, coefficient);
    return *this;
}

Expression operator*(const Expression& a, const Expression& b) {
    Expression product;
    for (const auto& [first, first_coefficient] : a.terms_)
        for (const auto& [second, second_coefficient] : b.terms_) {
            Expression::Factors factors = first;
            factors.insert(factors.end(), second.begin(), second.end());
            std::sort(factors.begin(), factors.end());
            product.add(factors, first_coefficient * second_coefficient);
        }
    return product;
}

void Expression::collect_names(std::set<std::string>& names) const {
    for (const auto& term : terms_) names.insert(term.first.begin(), term.first.end());
}

bool Expression::is_known(const std::map<std::string, std::int64_t>& values) const {
    for (const auto& term : terms_)
        for (const std::string& factor : term.first)
            if (values.count(factor) == 0) return false;
    return true;
}

std::int64_t Expression::evaluate(const std::map<std::string, std::int64_t>& values) const {
    std::int64_t sum = 0;
    for (const auto& [factors, coefficient] : terms_) {
        std::int64_t product = coefficient;
        for (const std::string& factor : factors) {
            const auto found = values.find(factor);
            check(found != values.end(), "the value of " + factor + " is known");
            product *= found->second;
        }
        sum += product;
    }
    return sum;
}

Expression Expression::substitute(const std::string& name, const Expression& by) const {
    Expression result;
    for (const auto& [factors, coefficient] : terms_) {
        Expression term(coefficient);
        for (const std::string& factor : factors) term = term * (factor == name ? by : Expression::name(factor));
        result += term;
    }
    return result;
}

std::string Expression::text() const { return text({}, ""); }

std::string Expression::text(const std::set<std::string>& names, const std::string& prefix) const {
    std::string text;
    const auto append = [&](const Factors& factors, std::int64_t coefficient) {
        const bool minus = coefficient < 0;
        if (!text.empty())
            text += minus ? " - " : " + ";
        else if (minus)
            text += "-";
        const std::int64_t size = minus ? -coefficient : coefficient;
        std::string product;
        if (size != 1 || factors.empty()) product = std::to_string(size);
        for (const std::string& factor : factors)
            product += (product.empty() ? "" : " * ") + (names.count(factor) ? prefix : "") + factor;
        text += product;
    };
    for (const auto& [factors, coefficient] : terms_)
        if (!factors.empty()) append(factors, coefficient);
    for (const auto& [factors, coefficient] : terms_)
        if (factors.empty()) append(factors, coefficient);
    return text.empty() ? "0" : text;
}

}  // namespace ssdgen
