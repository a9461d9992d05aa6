using System.Buffers.Binary;
using System.Text;

namespace Skep.KernelOracle;

/// <summary>
/// The functions of the running kernel by name, as its own types list them: the immediate of a call of a kfunc is the number
/// of its <c>BTF_KIND_FUNC</c> in /sys/kernel/btf/vmlinux.
/// </summary>
public static class KernelFunctions
{
    private const string Path = "/sys/kernel/btf/vmlinux";
    private const int HeaderSize = 24;
    private const int TypeSize = 12;
    private const int KindFunction = 12;

    private static readonly Lazy<Dictionary<string, int>> All = new(Read);

    /// <summary>The function's number, or null where this kernel has none of that name (or no types).</summary>
    public static int? Find(string name) => All.Value.TryGetValue(name, out int id) ? id : null;

    // Documentation/bpf/btf.rst: header, types one after the other from number 1 on, strings.
    private static Dictionary<string, int> Read()
    {
        var found = new Dictionary<string, int>(StringComparer.Ordinal);
        if (!File.Exists(Path))
        {
            return found;
        }

        ReadOnlySpan<byte> bytes = File.ReadAllBytes(Path);
        int headerSize = Number(bytes, 4);
        ReadOnlySpan<byte> types = bytes.Slice(headerSize + Number(bytes, 8), Number(bytes, 12));
        ReadOnlySpan<byte> strings = bytes.Slice(headerSize + Number(bytes, 16), Number(bytes, 20));
        if (headerSize < HeaderSize)
        {
            throw new InvalidDataException($"{Path} has a header of {headerSize} bytes, expected at least {HeaderSize}");
        }

        for (int id = 1, at = 0; at < types.Length; id++)
        {
            int info = Number(types, at + 4);
            int kind = info >> 24 & 0x1f;
            if (kind == KindFunction)
            {
                ReadOnlySpan<byte> name = strings[Number(types, at)..];
                found.TryAdd(Encoding.ASCII.GetString(name[..name.IndexOf((byte)0)]), id);
            }

            at += TypeSize + SizeAfter(kind, info & 0xffff);
        }

        return found;
    }

    private static int SizeAfter(int kind, int members) => kind switch
    {
        1 or 14 or 17 => 4, // INT, VAR, DECL_TAG
        3 => 12, // ARRAY
        4 or 5 or 15 or 19 => members * 12, // STRUCT, UNION, DATASEC, ENUM64
        6 or 13 => members * 8, // ENUM, FUNC_PROTO
        2 or 7 or 8 or 9 or 10 or 11 or 12 or 16 or 18 => 0,
        _ => throw new InvalidDataException($"{Path} has a type of the unknown kind {kind}"),
    };

    private static int Number(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadInt32LittleEndian(bytes[offset..]);
}
