using System.Runtime.InteropServices;

namespace Skep.Execution.Native;

/// <summary>
/// Linux has no call that makes instruction caches coherent on arm64, and libc exports none: the instructions that do it are carried here as machine code. On x86-64 the
/// caches are coherent by themselves. On both, every processor that runs this process is made to drop what it fetched earlier (membarrier(2), SYNC_CORE): bytes
/// may lie where other code lay before.
/// </summary>
/// <remarks>
/// The first code, the carried one, can't be cleaned by itself. It needs no cleaning: Linux makes the caches coherent for a page of a file or of anonymous memory
/// when it maps it executable for the first time (<c>__sync_icache_dcache</c> in arch/arm64/mm/flush.c, called for every new executable entry of the page tables, unless
/// the page is marked as cleaned already). <see cref="IExecutableMemory.Reserve"/> writes its fill before the range becomes executable, so what a reservation is filled with is
/// callable at once; what is written later needs <see cref="Publish"/>.
/// </remarks>
internal sealed unsafe partial class LinuxInstructionCache : InstructionCache
{
    private const int SyncCore = 1 << 5;
    private const int RegisterSyncCore = 1 << 6;

    private static readonly nint MembarrierNumber = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 283 : 324;

    private readonly IExecutableMemory _memory;
    private readonly ExecutableRange? _cleaner;
    private readonly bool _syncsCores;

    public LinuxInstructionCache(IExecutableMemory memory)
    {
        _memory = memory;
        _syncsCores = SystemCall(MembarrierNumber, RegisterSyncCore, 0, 0) == 0;
        if (RuntimeInformation.ProcessArchitecture == Architecture.Arm64)
        {
            _cleaner = memory.Reserve(Environment.SystemPageSize, MemoryMarshal.AsBytes(Arm64Cleaner), 0);
        }
    }

    public override void Publish(nint address, int length)
    {
        if (_cleaner is not null)
        {
            ((delegate* unmanaged<nint, nint, void>)_cleaner.Address)(address, address + length);
        }

        if (!_syncsCores || SystemCall(MembarrierNumber, SyncCore, 0, 0) != 0)
        {
            // Kernels before 4.16. The barrier interrupts every processor, and coming back from an interrupt drops what was fetched.
            Interlocked.MemoryBarrierProcessWide();
        }
    }

    public override void Dispose()
    {
        if (_cleaner is not null)
        {
            _memory.Release(_cleaner);
        }
    }

    /// <summary>
    /// <c>void (start, end)</c>: cleans the data cache to the point of unification, then invalidates the instruction cache, line by line, as the Arm Architecture Reference
    /// Manual (B2.7.4.2) orders it. Line sizes are in CTR_EL0. Padded to 128 bytes, so that repetitions fill a page.
    /// </summary>
    private static ReadOnlySpan<uint> Arm64Cleaner =>
    [
        0xd53b0023, // mrs  x3, ctr_el0
        0xd2800085, // mov  x5, #4
        0xd3504c64, // ubfx x4, x3, #16, #4   ; log2 of the words in the smallest line of a data cache
        0x9ac420a4, // lsl  x4, x5, x4
        0xd1000486, // sub  x6, x4, #1
        0x8a260002, // bic  x2, x0, x6
        0xd50b7b22, // dc   cvau, x2
        0x8b040042, // add  x2, x2, x4
        0xeb01005f, // cmp  x2, x1
        0x54ffffa3, // b.lo -12
        0xd5033b9f, // dsb  ish
        0x92400c64, // and  x4, x3, #15       ; the same for instruction caches
        0x9ac420a4, // lsl  x4, x5, x4
        0xd1000486, // sub  x6, x4, #1
        0x8a260002, // bic  x2, x0, x6
        0xd50b7522, // ic   ivau, x2
        0x8b040042, // add  x2, x2, x4
        0xeb01005f, // cmp  x2, x1
        0x54ffffa3, // b.lo -12
        0xd5033b9f, // dsb  ish
        0xd5033fdf, // isb
        0xd65f03c0, // ret
        0xd4200000, 0xd4200000, 0xd4200000, 0xd4200000, 0xd4200000, // brk #0
        0xd4200000, 0xd4200000, 0xd4200000, 0xd4200000, 0xd4200000,
    ];

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SystemCall(nint number, nint command, nint flags, nint processor);
}
