"""Django's database engine: MongoDB's own, whose ordered queries can walk an index."""
