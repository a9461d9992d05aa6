using System.Runtime.InteropServices;
using System.Text;

namespace Skep.Core.Tests.Execution.Native;

/// <summary>A jit dump as a reader of its specification finds it. Fails where the file does not keep to it.</summary>
internal sealed record ParsedDump(IReadOnlyList<ParsedDump.Record> Records)
{
    public static ParsedDump Read(string path)
    {
        using var reader = new BinaryReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        Assert.Equal("JiTD", Encoding.ASCII.GetString([.. reader.ReadBytes(4).Reverse()]));
        Assert.Equal(1u, reader.ReadUInt32());
        Assert.Equal(40u, reader.ReadUInt32());
        Assert.Equal(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 183u : 62u, reader.ReadUInt32());
        Assert.Equal(0u, reader.ReadUInt32());
        Assert.Equal((uint)Environment.ProcessId, reader.ReadUInt32());
        ulong time = reader.ReadUInt64();
        Assert.Equal(0UL, reader.ReadUInt64());

        var records = new List<Record>();
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            long start = reader.BaseStream.Position;
            uint id = reader.ReadUInt32();
            uint length = reader.ReadUInt32();
            ulong now = reader.ReadUInt64();
            Assert.True(now >= time, "Time goes backwards.");
            time = now;
            records.Add(id switch
            {
                0 => ReadLoad(reader),
                2 => ReadLines(reader),
                3 => new Record("close"),
                _ => throw new InvalidDataException($"A record with id {id}."),
            });
            Assert.Equal(start + length, reader.BaseStream.Position);
        }

        return new ParsedDump(records);
    }

    private static Record ReadLoad(BinaryReader reader)
    {
        Assert.Equal((uint)Environment.ProcessId, reader.ReadUInt32());
        Assert.True(Directory.Exists($"/proc/self/task/{reader.ReadUInt32()}"), "The thread is not of this process.");
        ulong virtualAddress = reader.ReadUInt64();
        ulong address = reader.ReadUInt64();
        Assert.Equal(virtualAddress, address);
        ulong length = reader.ReadUInt64();
        ulong index = reader.ReadUInt64();
        string name = ReadText(reader);
        return new Record("load") { Address = address, Index = index, Name = name, Code = reader.ReadBytes((int)length) };
    }

    private static Record ReadLines(BinaryReader reader)
    {
        ulong address = reader.ReadUInt64();
        ulong count = reader.ReadUInt64();
        var lines = new List<(ulong Address, int Line, string File)>();
        for (ulong index = 0; index < count; index++)
        {
            ulong place = reader.ReadUInt64();
            int line = reader.ReadInt32();
            Assert.Equal(0u, reader.ReadUInt32());
            lines.Add((place, line, ReadText(reader)));
        }

        return new Record("lines") { Address = address, Lines = lines };
    }

    private static string ReadText(BinaryReader reader)
    {
        var bytes = new List<byte>();
        for (byte next = reader.ReadByte(); next != 0; next = reader.ReadByte())
        {
            bytes.Add(next);
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    internal sealed record Record(string Kind)
    {
        public ulong Address { get; init; }

        public ulong Index { get; init; }

        public string Name { get; init; } = "";

        public byte[] Code { get; init; } = [];

        public IReadOnlyList<(ulong Address, int Line, string File)> Lines { get; init; } = [];
    }
}
