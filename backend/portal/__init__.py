"""Pages for firms, incubators, institutions and the department; they decide nothing."""
