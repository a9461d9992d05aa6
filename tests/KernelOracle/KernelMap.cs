using System.Globalization;

using Microsoft.Win32.SafeHandles;

namespace Skep.KernelOracle;

/// <summary>
/// A map in the kernel, held by its file descriptor and by the programs that use it; pinned nowhere. Operations answer with
/// the kernel's errno, since those answers are what tests compare. Safe for use from several threads.
/// </summary>
public sealed unsafe class KernelMap : IDisposable
{
    private readonly SafeFileHandle _handle;

    private KernelMap(SafeFileHandle handle, int keySize, int valueSize)
    {
        _handle = handle;
        KeySize = keySize;
        ValueSize = valueSize;
    }

    /// <summary>Bytes of a key; 0 for maps without keys (queue, stack), whose operations take an empty key.</summary>
    public int KeySize { get; }

    /// <summary>
    /// Bytes of a value as user space sees it. In a per-CPU map these are the values of all possible CPUs in a row, each
    /// rounded up to 8 bytes.
    /// </summary>
    public int ValueSize { get; }

    /// <summary>The file descriptor, to be put into instructions; valid until disposed.</summary>
    public int Fd => (int)_handle.DangerousGetHandle();

    /// <summary>The map's number while it exists: <c>bpftool map dump id N</c>.</summary>
    public uint Id
    {
        get
        {
            var info = default(MapInfo);
            Errno error = BpfSystemCall.GetInfo(_handle, ref info);
            return error == Errno.None
                ? info.Id
                : throw new InvalidOperationException($"BPF_OBJ_GET_INFO_BY_FD failed with {error}");
        }
    }

    /// <summary>Creates a map that must be there.</summary>
    /// <exception cref="InvalidOperationException">The kernel refused; the message has the errno.</exception>
    public static KernelMap Create(
        KernelMapType type, int keySize, int valueSize, int maxEntries, uint flags = 0, KernelMap? inner = null)
    {
        Errno error = TryCreate(type, keySize, valueSize, maxEntries, flags, inner, out KernelMap? map);
        return map ?? throw new InvalidOperationException(
            $"the kernel refused the map ({type}, key {keySize} bytes, value {valueSize} bytes, {maxEntries} entries, "
            + $"flags {flags:x}) with {error}");
    }

    /// <summary>Asks the kernel whether such a map is legal, and creates it if so.</summary>
    /// <param name="type">The kind of map.</param>
    /// <param name="keySize">Bytes of a key.</param>
    /// <param name="valueSize">Bytes of a value, on one CPU.</param>
    /// <param name="maxEntries">Entries; bytes for a ring buffer.</param>
    /// <param name="flags">The kernel's <c>BPF_F_*</c> bits of map creation.</param>
    /// <param name="inner">For a map of maps: a map like those that it will hold.</param>
    /// <param name="map">The map, the caller's to dispose; null if refused.</param>
    public static Errno TryCreate(
        KernelMapType type, int keySize, int valueSize, int maxEntries, uint flags, KernelMap? inner, out KernelMap? map)
    {
        var attributes = new MapCreateAttributes
        {
            MapType = (uint)type,
            KeySize = (uint)keySize,
            ValueSize = (uint)valueSize,
            MaxEntries = (uint)maxEntries,
            MapFlags = flags,
            InnerMapFd = inner is null ? 0 : (uint)inner.Fd,
        };
        Errno error = TryCreate(ref attributes, out map);
        GC.KeepAlive(inner);
        return error;
    }

    /// <summary>
    /// Creates a map whose keys and values have types, which the kernel asks for where a value holds a lock or a timer.
    /// </summary>
    /// <param name="type">The kind of map.</param>
    /// <param name="types">Where <paramref name="keyType"/> and <paramref name="valueType"/> are; the map keeps them alive.</param>
    /// <param name="keyType">The number of the key's type, whose size is the key's.</param>
    /// <param name="valueType">The number of the value's type, whose size is the value's.</param>
    /// <exception cref="InvalidOperationException">The kernel refused; the message has the errno.</exception>
    public static KernelMap CreateTyped(
        KernelMapType type, int keySize, int valueSize, int maxEntries, KernelBtf types, uint keyType, uint valueType, uint flags = 0)
    {
        ArgumentNullException.ThrowIfNull(types);
        var attributes = new MapCreateAttributes
        {
            MapType = (uint)type,
            KeySize = (uint)keySize,
            ValueSize = (uint)valueSize,
            MaxEntries = (uint)maxEntries,
            MapFlags = flags,
            BtfFd = (uint)types.Fd,
            BtfKeyTypeId = keyType,
            BtfValueTypeId = valueType,
        };
        Errno error = TryCreate(ref attributes, out KernelMap? map);
        GC.KeepAlive(types);
        return map ?? throw new InvalidOperationException(
            $"the kernel refused the map ({type}, value type {valueType} of {valueSize} bytes, {maxEntries} entries) with {error}");
    }

    /// <summary>Reads a value; <see cref="Errno.ENOENT"/> if there is none.</summary>
    public Errno Lookup(ReadOnlySpan<byte> key, Span<byte> value) =>
        Do(BpfCommand.MapLookupElem, key, value, ValueSize);

    /// <summary>Reads a value and deletes it; without a key, the next of a queue or stack.</summary>
    public Errno LookupAndDelete(ReadOnlySpan<byte> key, Span<byte> value) =>
        Do(BpfCommand.MapLookupAndDeleteElem, key, value, ValueSize);

    /// <summary>Writes a value; the flags say whether the key must or must not be there.</summary>
    public Errno Update(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, KernelUpdateFlags flags = KernelUpdateFlags.Any) =>
        Do(BpfCommand.MapUpdateElem, key, value, ValueSize, (ulong)flags);

    /// <summary>Deletes a key; <see cref="Errno.ENOENT"/> if it is not there.</summary>
    public Errno Delete(ReadOnlySpan<byte> key) => Do(BpfCommand.MapDeleteElem, key, [], valueSize: 0);

    /// <summary>Finds the key after another.</summary>
    /// <param name="key">The key before it; empty for the first.</param>
    /// <param name="nextKey">Receives the key; untouched at the end, which is <see cref="Errno.ENOENT"/>.</param>
    public Errno GetNextKey(ReadOnlySpan<byte> key, Span<byte> nextKey) =>
        Do(BpfCommand.MapGetNextKey, key, nextKey, KeySize);

    /// <summary>Forbids further writes from user space; with <c>BPF_F_RDONLY_PROG</c> the verifier then knows the values.</summary>
    public Errno Freeze()
    {
        using var use = new HandleUse(_handle);
        var attributes = new MapElementAttributes { MapFd = (ulong)use.Fd };
        BpfSystemCall.Call(BpfCommand.MapFreeze, ref attributes, out Errno error);
        return error;
    }

    /// <summary>Lets the kernel free the map, once no program uses it.</summary>
    public void Dispose() => _handle.Dispose();

    private static Errno TryCreate(ref MapCreateAttributes attributes, out KernelMap? map)
    {
        int fd = BpfSystemCall.Call(BpfCommand.MapCreate, ref attributes, out Errno error);
        map = error == Errno.None
            ? new KernelMap(
                new SafeFileHandle(fd, ownsHandle: true), (int)attributes.KeySize, UserValueSize((KernelMapType)attributes.MapType, (int)attributes.ValueSize))
            : null;
        return error;
    }

    private static int UserValueSize(KernelMapType type, int valueSize) => type switch
    {
        KernelMapType.PercpuHash or KernelMapType.PercpuArray or KernelMapType.LruPercpuHash
            or KernelMapType.PercpuCgroupStorage => (valueSize + 7) / 8 * 8 * PossibleCpuCount(),
        _ => valueSize,
    };

    // "0-1" or "0,2-5": the highest number and one.
    private static int PossibleCpuCount() =>
        int.Parse(
            File.ReadAllText("/sys/devices/system/cpu/possible").Split('-', ',')[^1], CultureInfo.InvariantCulture) + 1;

    // `value` is written by the commands whose callers passed a writable span. The kernel knows only pointers, so the
    // sizes are checked here.
    private Errno Do(BpfCommand command, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, int valueSize, ulong flags = 0)
    {
        if (key.Length != KeySize && !(key.IsEmpty && command == BpfCommand.MapGetNextKey))
        {
            throw new ArgumentException($"the key has {key.Length} bytes, the map's keys have {KeySize}", nameof(key));
        }

        if (value.Length != valueSize)
        {
            throw new ArgumentException($"the value has {value.Length} bytes, the kernel uses {valueSize}", nameof(value));
        }

        fixed (byte* keyPointer = key, valuePointer = value)
        {
            using var use = new HandleUse(_handle);
            var attributes = new MapElementAttributes
            {
                MapFd = (ulong)use.Fd,
                Key = (ulong)keyPointer,
                Value = (ulong)valuePointer,
                Flags = flags,
            };
            BpfSystemCall.Call(command, ref attributes, out Errno error);
            return error;
        }
    }
}
