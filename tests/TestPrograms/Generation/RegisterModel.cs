namespace Skep.TestPrograms.Generation;

/// <summary>What the generator believes a register to hold.</summary>
internal enum Holds : byte
{
    Nothing,
    Number,

    /// <summary>From 0 to <see cref="RegisterModel.Bound"/>.</summary>
    Bounded,
    Context,
    Stack,
    MapValue,
    MapValueOrNull,
    Packet,
    PacketEnd,
    Record,
    RecordOrNull,
}

/// <summary>What the generator believes of a register; only a bias, and often wrong on purpose.</summary>
/// <param name="Offset">Of a pointer, in bytes.</param>
/// <param name="Bound">Of a number, or of the variable part of a pointer's offset: the most.</param>
/// <param name="Map">Of a map value: the map's index; of a record: its size.</param>
internal readonly record struct RegisterModel(Holds Kind, int Offset = 0, int Bound = 0, int Map = 0)
{
    public bool IsNumber => Kind is Holds.Number or Holds.Bounded;

    public bool IsMemory => Kind is Holds.Stack or Holds.MapValue or Holds.Packet or Holds.Record;

    public bool MayBeNull => Kind is Holds.MapValueOrNull or Holds.RecordOrNull;
}
