using System.Diagnostics;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.ProgramTypes;
using static Skep.Helpers.Tests.HelperCall;

namespace Skep.Helpers.Tests;

/// <summary>Reading memory that may not be there must never take the host down, and must answer as the kernel does.</summary>
public sealed unsafe partial class ProbeReadTests : IDisposable
{
    private const int PageBytes = 4096;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly ProbeReadHelpers _set = new();

    /// <summary>Two pages, the second of which cannot be read.</summary>
    private readonly byte* _pages;

    public ProbeReadTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "process_vm_readv(2) is Linux's");
        _pages = (byte*)MapMemory(null, 2 * PageBytes, ReadWrite, PrivateAnonymous, -1, 0);

        // Kept, but not to be read: an unmapped page may become another thread's at any time.
        Assert.Equal(0, ProtectMemory(_pages + PageBytes, PageBytes, 0));
    }

    public void Dispose()
    {
        if (_pages is not null)
        {
            UnmapMemory(_pages, 2 * PageBytes);
        }
    }

    public static TheoryData<string> CopyNames => ["bpf_probe_read", "bpf_probe_read_user", "bpf_probe_read_kernel"];

    public static TheoryData<string> StringNames => ["bpf_probe_read_str", "bpf_probe_read_user_str", "bpf_probe_read_kernel_str"];

    [Theory]
    [MemberData(nameof(CopyNames))]
    public void Own_memory_is_copied(string name)
    {
        byte* copy = stackalloc byte[9];
        copy[8] = 0x77;
        new Span<byte>(_pages + PageBytes - 8, 8).Fill(0xab);

        Assert.Equal(0ul, _set.Call(name, default, Address(copy), 8, Address(_pages + PageBytes - 8)));

        Assert.Equal([.. Enumerable.Repeat((byte)0xab, 8), 0x77], new Span<byte>(copy, 9).ToArray());
    }

    [Theory]
    [MemberData(nameof(CopyNames))]
    public void A_fault_zeroes_all_of_the_destination(string name)
    {
        byte* copy = stackalloc byte[9];
        foreach (ulong address in (ulong[])[Address(_pages + PageBytes), Address(_pages + PageBytes - 4), 0, 8, ulong.MaxValue - 3, 0xffff_8000_0000_0000])
        {
            new Span<byte>(copy, 9).Fill(0x77);

            Assert.Equal(Fault, _set.Call(name, default, Address(copy), 8, address));

            Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0x77], new Span<byte>(copy, 9).ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(CopyNames))]
    public void Nothing_is_read_for_size_0(string name) => Assert.Equal(0ul, _set.Call(name, default, 0, 0, 8));

    [Theory]
    [MemberData(nameof(StringNames))]
    public void A_string_ends_at_its_NUL_even_at_the_last_page(string name)
    {
        byte* copy = stackalloc byte[16];
        new Span<byte>(copy, 16).Fill(0x77);
        "skep\0"u8.CopyTo(new Span<byte>(_pages + PageBytes - 5, 5));

        Assert.Equal(5ul, _set.Call(name, default, Address(copy), 16, Address(_pages + PageBytes - 5)));

        Assert.Equal([(byte)'s', (byte)'k', (byte)'e', (byte)'p', 0, 0x77, 0x77], new Span<byte>(copy, 7).ToArray());
    }

    [Theory]
    [MemberData(nameof(StringNames))]
    public void A_long_string_is_cut_and_ends_in_NUL(string name)
    {
        byte* copy = stackalloc byte[16];
        new Span<byte>(copy, 16).Fill(0x77);
        new Span<byte>(_pages, PageBytes).Fill((byte)'a');

        Assert.Equal(4ul, _set.Call(name, default, Address(copy), 4, Address(_pages)));
        Assert.Equal("aaa\0w"u8, new Span<byte>(copy, 5));

        Assert.Equal(1ul, _set.Call(name, default, Address(copy), 1, Address(_pages)));
        Assert.Equal(0, copy[0]);
        Assert.Equal(0ul, _set.Call(name, default, Address(copy), 0, Address(_pages)));
    }

    [Theory]
    [MemberData(nameof(StringNames))]
    public void A_string_without_end_before_a_missing_page_is_a_fault(string name)
    {
        byte* copy = stackalloc byte[16];
        new Span<byte>(copy, 16).Fill(0x77);
        new Span<byte>(_pages, PageBytes).Fill((byte)'a');

        Assert.Equal(Fault, _set.Call(name, default, Address(copy), 16, Address(_pages + PageBytes - 5)));

        Assert.Equal(new byte[16], new Span<byte>(copy, 16).ToArray());
    }

    [Fact]
    public void A_string_may_cross_pages()
    {
        byte* source = (byte*)NativeMemory.AllocZeroed(3 * PageBytes);
        byte* copy = (byte*)NativeMemory.AllocZeroed(3 * PageBytes);
        new Span<byte>(source, (2 * PageBytes) + 100).Fill((byte)'a');

        Assert.Equal((2ul * PageBytes) + 101, _set.Call("bpf_probe_read_user_str", default, Address(copy), 3 * PageBytes, Address(source)));

        Assert.True(new Span<byte>(source, 3 * PageBytes).SequenceEqual(new Span<byte>(copy, 3 * PageBytes)));
        NativeMemory.Free(source);
        NativeMemory.Free(copy);
    }

    [Fact]
    public void User_memory_is_that_of_the_events_process()
    {
        using Process child = Process.Start("sleep", "30");
        try
        {
            EventOrigin origin = new() { IsKnown = true, ProcessId = child.Id, ThreadId = child.Id };
            ulong image = WaitForImage(child.Id, "sleep");
            byte* copy = stackalloc byte[4];

            Assert.Equal(0ul, _set.Call("bpf_probe_read_user", origin, Address(copy), 4, image));
            Assert.Equal("\u007fELF"u8, new Span<byte>(copy, 4));

            // What is ours is not the child's, and the other way round.
            "host"u8.CopyTo(new Span<byte>(_pages, 4));
            Assert.Equal(Fault, _set.Call("bpf_probe_read_user", origin, Address(copy), 4, Address(_pages)));
            Assert.Equal(Fault, _set.Call("bpf_probe_read", origin, Address(copy), 4, Address(_pages)));
            Assert.Equal(0ul, _set.Call("bpf_probe_read_kernel", origin, Address(copy), 4, Address(_pages)));
            Assert.Equal("host"u8, new Span<byte>(copy, 4));
            Assert.Equal(Fault, _set.Call("bpf_probe_read_kernel", origin, Address(copy), 4, image));
        }
        finally
        {
            child.Kill();
            child.WaitForExit();
        }

        byte* after = stackalloc byte[4];
        EventOrigin gone = new() { IsKnown = true, ProcessId = child.Id, ThreadId = child.Id };
        Assert.Equal(Fault, _set.Call("bpf_probe_read_user", gone, Address(after), 4, Address(_pages)));
    }

    [Fact]
    public void The_old_helpers_know_the_programs_context()
    {
        EventOrigin elsewhere = new() { IsKnown = true, ProcessId = int.MaxValue, ThreadId = 1 };
        "name\0"u8.CopyTo(new Span<byte>(_pages + 64, 5));
        var context = new MemoryRegion((nint)_pages, 128, MemoryAccess.Read);
        byte* copy = stackalloc byte[8];

        Assert.Equal(5ul, _set.CallOn(new TracepointType(), context, "bpf_probe_read_str", elsewhere, Address(copy), 8, Address(_pages + 64)));
        Assert.Equal(0ul, _set.CallOn(new TracepointType(), context, "bpf_probe_read", elsewhere, Address(copy), 4, Address(_pages + 64)));
        Assert.Equal(Fault, _set.CallOn(new TracepointType(), context, "bpf_probe_read_user", elsewhere, Address(copy), 4, Address(_pages + 64)));
    }

    private static ulong WaitForImage(int process, string name)
    {
        // Between fork and exec the child is still this program.
        Assert.True(SpinWait.SpinUntil(() => Image(process, name) != 0, TimeSpan.FromSeconds(5)), $"{name} did not start");
        return Image(process, name);
    }

    private static ulong Image(int process, string name)
    {
        string? line = File.ReadLines($"/proc/{process}/maps").FirstOrDefault(line => line.EndsWith('/' + name, StringComparison.Ordinal) || line.EndsWith("coreutils", StringComparison.Ordinal));
        return line is null ? 0 : Convert.ToUInt64(line[..line.IndexOf('-', StringComparison.Ordinal)], 16);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* MapMemory(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int ProtectMemory(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int UnmapMemory(void* address, nuint length);
}
