/**
 * A certificate for localhost that nobody has signed but itself, and its key. Made for tests, known to
 * everybody, trusted by nobody. Valid until 2126.
 */
export const selfSigned = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgdIKl6ylXiI8fV1wM
cdWpVKaVLnWfGsZPsSUPLJBhhkmhRANCAAR0WGJDt3yjYhcDQYwPyBt2+DQilbKG
kcnS3qwybrhWtRiRNEQXCWB/J+M71RK2np31JqxUaSPOfVJq6Ej7Lpmh
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUeFdmZh5DQuR4gsxfffE1wf3xI5QwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzAxNDUyNloYDzIxMjYxMDMw
MDE0NTI2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAR0WGJDt3yjYhcDQYwPyBt2+DQilbKGkcnS3qwybrhWtRiRNEQXCWB/
J+M71RK2np31JqxUaSPOfVJq6Ej7Lpmho28wbTAdBgNVHQ4EFgQUWknKQaMPds61
CA/SJKDZgfvXvVQwHwYDVR0jBBgwFoAUWknKQaMPds61CA/SJKDZgfvXvVQwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgeUrCc1WkMzJ6iUxDhpzhw+kQaQgdgDnAmrCaWjge+WcCIQCQ
xo+KNpV4NRRHYTYjfdvTnMEu8dZmQ8owVm7rDyZIBQ==
-----END CERTIFICATE-----
`,
}
