"""What leaves the portal: each exporter renders one ``ProgrammeFigures`` and reads nothing else of the money."""
