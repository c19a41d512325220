/** Keys of the Secret of a database, as libraries and charts call them. */
export const postgresKeys = ["host", "port", "database", "username", "password", "sslmode", "uri"] as const;

/** Keys of the Secret of a bucket: none of them opens it. */
export const bucketKeys = ["bucket", "region"] as const;

/** Where what Secrets of needs hold lies, below the home's folder in Vault: by cluster, since each has its own. */
export const needsFolder = (cluster: string): string => `needs/${cluster}`;

/** The same of one need. */
export const needPath = (cluster: string, secret: string): string => `${needsFolder(cluster)}/${secret}`;
