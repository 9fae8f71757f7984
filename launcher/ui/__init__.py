"""What a person looks at: tray, window, terminal. They show state, send requests, and decide nothing."""
