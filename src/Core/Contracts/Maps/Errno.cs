namespace Skep.Contracts;

/// <summary>The kernel's error numbers that maps and helpers return (asm-generic/errno-base.h, errno.h); programs see them negated.</summary>
public enum Errno
{
    None = 0,
    EPERM = 1,
    ENOENT = 2,
    ESRCH = 3,
    EINTR = 4,
    EIO = 5,
    E2BIG = 7,
    EBADF = 9,
    EAGAIN = 11,
    ENOMEM = 12,
    EACCES = 13,
    EFAULT = 14,
    EBUSY = 16,
    EEXIST = 17,
    ENODEV = 19,
    EINVAL = 22,
    ENOSPC = 28,
    ERANGE = 34,
    ENAMETOOLONG = 36,
    ENOSYS = 38,
    ENODATA = 61,
    EOVERFLOW = 75,
    EOPNOTSUPP = 95,
}

/// <summary>Errors as programs get them.</summary>
public static class ErrnoExtensions
{
    /// <summary>The value for R0: the negative number, sign-extended.</summary>
    public static ulong ToProgram(this Errno errno) => (ulong)-(long)errno;
}
