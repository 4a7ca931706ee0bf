"""The GraphQL IDE: one page of our own files, without a build step, inline script or anything from elsewhere."""
