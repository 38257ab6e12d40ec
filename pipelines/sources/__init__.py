"""Sources: their YAML configuration and the readers that turn files into rows with locators."""
