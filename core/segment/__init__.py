"""ABC/XYZ, demand class and K-Means over explained features."""
