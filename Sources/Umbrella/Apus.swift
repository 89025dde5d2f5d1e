@_exported import Jobs
