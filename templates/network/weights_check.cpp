$use_weights$ {
    const char* wrong = ssd::check_weights(file, size, weights_bytes, $layout$U);
    const auto* const packed = static_cast<const char*>(file) + sizeof(ssd::WeightsHeader);
    workspace.weights = wrong != nullptr ? nullptr : reinterpret_cast<const $weight$*>(packed);
    return wrong;
}
