namespace Skep.KernelOracle;

/// <summary>
/// What a system call answered, as errno(3) numbers it: <see cref="None"/> is success. A number without a name here is as
/// legal as the others; these are those that bpf(2) is known to give.
/// </summary>
public enum Errno
{
    None = 0,
    EPERM = 1,
    ENOENT = 2,
    EINTR = 4,
    E2BIG = 7,
    EBADF = 9,
    EAGAIN = 11,
    ENOMEM = 12,
    EACCES = 13,
    EFAULT = 14,
    EBUSY = 16,
    EEXIST = 17,
    EINVAL = 22,
    ENOSPC = 28,
    ERANGE = 34,
    ENOSYS = 38,
    ELOOP = 40,
    EPROTO = 71,
    EOPNOTSUPP = 95,

    /// <summary>The kernel's own, not errno(3)'s: "operation is not supported", which some map types and program types give.</summary>
    ENOTSUPP = 524,
}
