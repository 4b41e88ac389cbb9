const char* use_weights(Workspace& workspace, const void* file, std::size_t size) noexcept {
    const char* wrong = ssd::check_weights(file, size, weights_bytes, $layout$U);
    workspace.weights =
        wrong != nullptr ? nullptr : reinterpret_cast<const $weight$*>(static_cast<const char*>(file) + sizeof(ssd::WeightsHeader));
    return wrong;
}
