#pragma once

#include "kernel/tree.h"

#include <functional>
#include <string>
#include <type_traits>

namespace ssdgen {

// What each kind of node is, once, for all that walks trees. A new kind does not compile until each list of traits.cpp
// says what it is there. The functions that take a node as it is for a change hand on its parts for one, too.

/// What a node counts as each time that it runs, the nodes inside it apart.
enum class Cost {
    nothing,
    multiply_add,
    load,  // a broadcast, too
    store,
    other,  // on vectors or the cache
};
Cost cost_of(const TreeNode& node);

/// The bodies inside.
void for_each_body(const TreeNode& node, const std::function<void(const Body&)>& visit);
void for_each_body(TreeNode& node, const std::function<void(Body&)>& visit);

/// Every node of a body and of the bodies inside, outer ones first.
void for_each_node(const Body& body, const std::function<void(const TreeNode&)>& visit);
void for_each_node(Body& body, const std::function<void(TreeNode&)>& visit);

/// The addresses of a node itself. Those of a call without a base are numbers.
void for_each_address(const TreeNode& node, const std::function<void(const Address&)>& visit);
void for_each_address(TreeNode& node, const std::function<void(Address&)>& visit);

/// The expressions of a node itself, offsets of addresses among them.
void for_each_expression(const TreeNode& node, const std::function<void(const Expression&)>& visit);
void for_each_expression(TreeNode& node, const std::function<void(Expression&)>& visit);

/// The vectors and pointers that a node makes in the body that it stands in. (A loop's variable is its body's.)
void for_each_definition(const TreeNode& node, const std::function<void(const std::string&)>& visit);

/// The vectors, pointers and numbers whose values a node itself takes, one as often as it stands there. (A comment
/// takes none.)
void for_each_use(const TreeNode& node, const std::function<void(const std::string&)>& visit);

/// What a function computes with vectors of: floats; floats whose weights are bytes, numbers of several types; whole
/// numbers.
enum class VectorUse { floats, floats_of_bytes, whole_numbers };
VectorUse vector_use(const Function& function);

/// Whether an operation makes a new register of its target.
bool makes_register(WholeOp op);

/// Whether a kind is a statement of its own: it holds no body, calls nothing, and no pointer is made or changed by it.
template <class Kind>
inline constexpr bool is_plain =
    std::disjunction_v<std::is_same<Kind, Comment>, std::is_same<Kind, Blank>, std::is_same<Kind, Load>,
                       std::is_same<Kind, Prefetch>, std::is_same<Kind, Broadcast>, std::is_same<Kind, Constant>,
                       std::is_same<Kind, Copy>, std::is_same<Kind, MultiplyAdd>, std::is_same<Kind, Arithmetic>,
                       std::is_same<Kind, Store>, std::is_same<Kind, WholeLoad>, std::is_same<Kind, WholeBroadcast>,
                       std::is_same<Kind, Interleave>, std::is_same<Kind, SumBytes>, std::is_same<Kind, WholeCompute>,
                       std::is_same<Kind, WholeStore>>;

}  // namespace ssdgen
