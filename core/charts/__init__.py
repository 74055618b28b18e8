"""Values to Plotly figures, nothing else; one theme."""
