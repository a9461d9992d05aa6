using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Programs;

namespace Skep.Maps;

/// <summary>
/// Programs by index. Readers take no lock: they see the array as it was before a change or after it, also when all of it changes. Programs in it are held: each can be
/// unloaded once it is taken out, or replaced.
/// </summary>
internal sealed unsafe class ProgramArray(MapSpec spec) : IJumpTableMap
{
    private readonly Lock _gate = new();
    private IDisposable?[] _holds = new IDisposable?[spec.MaxEntries];

    // A descriptor, not the type: the type's plugin may leave when its programs have.
    private ProgramTypeDescriptor? _type;
    private LoadedProgram?[] _programs = new LoadedProgram?[spec.MaxEntries];

    public MapSpec Spec => spec;

    public long MemoryBytes => (long)spec.MaxEntries * (sizeof(nint) + sizeof(nint)) + JumpTable.MemoryBytes(spec.MaxEntries);

    public JumpTable Jumps { get; } = new(spec.MaxEntries);

    public LoadedProgram? Find(byte* key) => Find(*(uint*)key);

    /// <returns>Null where there is none, and beyond the end.</returns>
    public LoadedProgram? Find(uint index)
    {
        LoadedProgram?[] programs = Volatile.Read(ref _programs);
        return index < (uint)programs.Length ? Volatile.Read(ref programs[index]) : null;
    }

    public Errno Set(ReadOnlySpan<byte> key, LoadedProgram? element)
    {
        if (key.Length != sizeof(uint))
        {
            return Errno.EINVAL;
        }

        uint index = MemoryMarshal.Read<uint>(key);
        lock (_gate)
        {
            if (index >= spec.MaxEntries)
            {
                return Errno.E2BIG;
            }

            if (element is null && _programs[index] is null)
            {
                return Errno.ENOENT;
            }

            // As in Linux, where the first program decides on the type.
            if (element is not null && _type is not null && !element.ProgramType.Descriptor.HasContractOf(_type))
            {
                return Errno.EINVAL;
            }

            IDisposable? before = _holds[index];
            _holds[index] = element?.Hold(Holder(index));
            _type ??= element?.ProgramType.Descriptor;
            Jumps.Clear(index);
            Volatile.Write(ref _programs[index], element);
            Jumps.Set(index, element);
            before?.Dispose();
        }

        return Errno.None;
    }

    public Errno SetAll(IReadOnlyDictionary<ReadOnlyMemory<byte>, LoadedProgram> elements)
    {
        ArgumentNullException.ThrowIfNull(elements);
        var programs = new LoadedProgram?[spec.MaxEntries];
        ProgramTypeDescriptor? type = elements.Values.FirstOrDefault()?.ProgramType.Descriptor;
        foreach ((ReadOnlyMemory<byte> key, LoadedProgram program) in elements)
        {
            if (key.Length != sizeof(uint) || !program.ProgramType.Descriptor.HasContractOf(type!))
            {
                return Errno.EINVAL;
            }

            uint index = MemoryMarshal.Read<uint>(key.Span);
            if (index >= spec.MaxEntries)
            {
                return Errno.E2BIG;
            }

            programs[index] = program;
        }

        lock (_gate)
        {
            Replace(programs, HoldAll(programs));
            _type = type;
        }

        return Errno.None;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            Jumps.Dispose();
            Volatile.Write(ref _programs, new LoadedProgram?[spec.MaxEntries]);
            LetGo(new IDisposable?[spec.MaxEntries]);
        }
    }

    private void Replace(LoadedProgram?[] programs, IDisposable?[] holds)
    {
        Jumps.Clear();
        Volatile.Write(ref _programs, programs);
        Jumps.SetAll(programs);
        LetGo(holds);
    }

    /// <summary>Of what was in the array, when it is no more.</summary>
    private void LetGo(IDisposable?[] holds)
    {
        IDisposable?[] before = _holds;
        _holds = holds;
        foreach (IDisposable? hold in before)
        {
            hold?.Dispose();
        }
    }

    /// <exception cref="ObjectDisposedException">One of them was unloaded; none is held then.</exception>
    private IDisposable?[] HoldAll(LoadedProgram?[] programs)
    {
        var holds = new IDisposable?[programs.Length];
        try
        {
            for (int index = 0; index < programs.Length; index++)
            {
                holds[index] = programs[index]?.Hold(Holder((uint)index));
            }
        }
        catch
        {
            Array.ForEach(holds, hold => hold?.Dispose());
            throw;
        }

        return holds;
    }

    private string Holder(uint index) => $"element {index} of map {spec.Name}";
}
