select nothing from raw.comments
