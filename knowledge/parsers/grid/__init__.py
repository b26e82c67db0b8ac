"""Tables whose cells are known (Word, Excel, PDF with rulings): headers, row numbers, merged cells, the tree of tasks."""
