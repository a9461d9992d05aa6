using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Skep.KernelOracle;

// The members of `union bpf_attr` and the head of `struct bpf_prog_info` that the oracle uses, in the order and with the
// sizes of include/uapi/linux/bpf.h. Pointers are 64 bits wide in both on every architecture. The kernel takes a shorter
// attribute than its own as if the rest were zero.

[InlineArray(16)]
internal struct ObjectName
{
    private byte _first;
}

[StructLayout(LayoutKind.Sequential)]
internal struct ProgLoadAttributes
{
    public uint ProgType;
    public uint InsnCount;
    public ulong Insns;
    public ulong License;
    public uint LogLevel;
    public uint LogSize;
    public ulong LogBuffer;
    public uint KernelVersion;
    public uint ProgFlags;
    public ObjectName ProgName;
    public uint ProgIfindex;
    public uint ExpectedAttachType;
    public uint ProgBtfFd;
    public uint FuncInfoRecordSize;
    public ulong FuncInfo;
    public uint FuncInfoCount;
    public uint LineInfoRecordSize;
    public ulong LineInfo;
    public uint LineInfoCount;
    public uint AttachBtfId;
    public uint AttachProgFd;
    public uint CoreReloCount;
    public ulong FdArray;
    public ulong CoreRelos;
    public uint CoreReloRecordSize;
    public uint LogTrueSize;
}

[StructLayout(LayoutKind.Sequential)]
internal struct TestRunAttributes
{
    public uint ProgFd;
    public uint ReturnValue;
    public uint DataSizeIn;
    public uint DataSizeOut;
    public ulong DataIn;
    public ulong DataOut;
    public uint Repeat;
    public uint Duration;
    public uint ContextSizeIn;
    public uint ContextSizeOut;
    public ulong ContextIn;
    public ulong ContextOut;
    public uint Flags;
    public uint Cpu;
    public ulong BatchSize;
}

[StructLayout(LayoutKind.Sequential)]
internal struct MapCreateAttributes
{
    public uint MapType;
    public uint KeySize;
    public uint ValueSize;
    public uint MaxEntries;
    public uint MapFlags;
    public uint InnerMapFd;
    public uint NumaNode;
    public ObjectName MapName;
    public uint MapIfindex;
    public uint BtfFd;
    public uint BtfKeyTypeId;
    public uint BtfValueTypeId;
    public uint BtfVmlinuxValueTypeId;
    public ulong MapExtra;
}

[StructLayout(LayoutKind.Sequential)]
internal struct BtfLoadAttributes
{
    public ulong Btf;
    public ulong LogBuffer;
    public uint BtfSize;
    public uint LogSize;
    public uint LogLevel;
    public uint LogTrueSize;
}

[StructLayout(LayoutKind.Sequential)]
internal struct MapElementAttributes
{
    public ulong MapFd;
    public ulong Key;
    public ulong Value;
    public ulong Flags;
}

[StructLayout(LayoutKind.Sequential)]
internal struct ObjectInfoAttributes
{
    public uint Fd;
    public uint InfoSize;
    public ulong Info;
}

[StructLayout(LayoutKind.Explicit, Size = 224)]
internal struct ProgInfo
{
    [FieldOffset(0)] public uint Type;
    [FieldOffset(4)] public uint Id;
    [FieldOffset(8)] public ulong Tag;
    [FieldOffset(16)] public uint JitedLength;
    [FieldOffset(20)] public uint XlatedLength;
    [FieldOffset(32)] public ulong XlatedInsns;
    [FieldOffset(64)] public ObjectName Name;
    [FieldOffset(216)] public uint VerifiedInsns;
}

[StructLayout(LayoutKind.Explicit, Size = 88)]
internal struct MapInfo
{
    [FieldOffset(0)] public uint Type;
    [FieldOffset(4)] public uint Id;
}
