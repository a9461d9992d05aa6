using Skep.Contracts;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Testing;

public abstract unsafe partial class HelperSetContract
{
    private static readonly ulong[] Edges = [0, 1, 2, 7, 8, 63, 64, 255, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 1UL << 32, long.MaxValue, 1UL << 63, ulong.MaxValue, ulong.MaxValue - 1];

    /// <param name="Given">The event before the run.</param>
    /// <param name="Left">The event afterwards.</param>
    private readonly record struct HelperRun(ulong Value, byte[] Given, byte[] Left);

    /// <summary>One helper of a new set in a runtime of its own.</summary>
    private sealed class HelperCase : IDisposable
    {
        private readonly HelperSetContract _contract;
        private readonly HelperDescriptor _helper;
        private readonly HelperProgram _program;
        private readonly string? _given;
        private readonly string? _type;

        public HelperCase(HelperSetContract contract, HelperDescriptor helper, bool optimize)
        {
            _contract = contract;
            _helper = helper;
            _given = contract.ProgramFor(helper);
            IHelperSet set = contract.Create();
            HelperMap[] maps = [.. contract.Maps, HelperMap.Array];
            Dictionary<int, HelperMap> chosen = [];
            for (int i = 0; i < helper.Arguments.Length; i++)
            {
                if (helper.Arguments[i].Kind == HelperArgumentKind.ConstMap && Find(maps, helper.Arguments[i].Operations) is { } map)
                {
                    chosen[i] = map;
                }
            }

            if (helper.Arguments.Any(argument => argument.Kind is HelperArgumentKind.AcquiredMemory or HelperArgumentKind.Object)
                && set.Descriptor.Helpers.FirstOrDefault(other => other.Result.Acquires)?.Arguments.FirstOrDefault(argument => argument.Kind == HelperArgumentKind.ConstMap) is { } needed
                && Find(maps, needed.Operations) is { } held)
            {
                chosen[-1] = held;
            }

            _program = new HelperProgram(helper, set.Descriptor.Helpers, chosen);
            IProgramType[] types = [.. contract.ProgramTypes];
            _type = helper.ProgramTypes.IsEmpty ? null : helper.ProgramTypes[0];
            bool isFaked = _type is not null && !types.Any(type => type.Descriptor.Name == _type);
            IEnumerable<object> mapTypes = maps.Select(map => map.Type).DistinctBy(type => type.Descriptor.Name);
            Runtime = new FakeRuntime([set, .. types, .. isFaked ? (object[])[new FakeProgramType(_type!)] : [], .. mapTypes, .. contract.Backends], Limits.Default, EngineOptions.Default with { Optimize = optimize });
            Runtime.AddMap(FakeArrayType.SpecOf(HelperMap.TextName, 16, 1) with { InitialValue = [.. "value %d\n"u8, 0, 0, 0, 0, 0, 0, 0], IsFrozen = true });
            foreach (HelperMap map in maps)
            {
                Runtime.AddMap(map.Spec);
            }
        }

        public FakeRuntime Runtime { get; }

        /// <summary>The program was made from the prototype, so that others can be made of it.</summary>
        public bool IsMade => _given is null && _program.Obstacle is null;

        public string? Obstacle => _given is null ? _program.Obstacle : null;

        public LoadedProgram Load(string engine) => Runtime.Load(_given ?? _program.Text(), engine, _type);

        public bool TryLoadWithout(int argument) => Unload(Runtime.TryLoad(_program.TextWithout(argument), type: _type));

        public bool TryLoadLeaking() => Unload(Runtime.TryLoad(_program.LeakingText(), type: _type));

        /// <summary>The events of a seed, from first to last on one state.</summary>
        public List<HelperRun> RunMany(string engine, int count, bool isSame = false)
        {
            using LoadedProgram program = Load(engine);
            var results = new List<HelperRun>();
            var random = new Random(1);
            byte[] data = Event(random);
            for (int run = 0; run < count; run++)
            {
                byte[] given = [.. data];
                ulong value = FakeRuntime.Run(program, data);
                results.Add(new HelperRun(value, given, data));
                data = isSame ? [.. given] : Event(random);
            }

            return results;
        }

        /// <summary>Random bytes, with numbers at the edges for half of the arguments.</summary>
        public byte[] Event(Random random)
        {
            byte[] data = new byte[Math.Max(_given is null ? _program.EventBytes : 0, 64)];
            random.NextBytes(data);
            for (int i = 0; _given is null && i < _helper.Arguments.Length; i++)
            {
                Span<byte> number = _program.NumberIn(data, i);
                if (_helper.Arguments[i].Kind is HelperArgumentKind.Anything or HelperArgumentKind.MapKey && random.Next(2) == 0)
                {
                    BitConverter.TryWriteBytes(number, Edges[random.Next(Edges.Length)]);
                }

                if (_helper.Arguments[i].Kind == HelperArgumentKind.Anything)
                {
                    _contract.Shape(_helper, i, number);
                }
            }

            return data;
        }

        /// <summary>The arguments for a call without a program.</summary>
        public void Lay(byte* data, ulong* r)
        {
            var all = new Span<byte>(data, _program.EventBytes);
            for (int i = 0; i < _helper.Arguments.Length; i++)
            {
                fixed (byte* at = _program.NumberIn(all, i))
                {
                    r[i] = _helper.Arguments[i].Kind switch
                    {
                        HelperArgumentKind.ReadableMemory or HelperArgumentKind.WritableMemory => (ulong)at,
                        HelperArgumentKind.Size or HelperArgumentKind.SizeOrZero => _program.SizeIn(all, i),
                        _ => *(ulong*)at,
                    };
                }
            }
        }

        public void RequireClaim(ulong value, ReadOnlySpan<byte> data)
        {
            ReturnRange range = _helper.Result.Range;
            Assert.True((long)value >= range.Minimum && (long)value <= range.Maximum, $"{_helper.Name} gave {(long)value}; its descriptor says {range.Minimum} to {range.Maximum}, which the verifier relies on");
            if (_helper.Result.IsBoundedBySize && _given is null)
            {
                int size = Enumerable.Range(0, _helper.Arguments.Length).First(i => IsSize(_helper.Arguments[i]));
                Assert.True((long)value <= (long)_program.SizeIn(data, size), $"{_helper.Name} gave {(long)value} for a size of {_program.SizeIn(data, size)}; its descriptor says that the result is at most that");
            }
        }

        public void Dispose() => Runtime.Dispose();

        private static HelperMap? Find(HelperMap[] maps, MapOperations operations)
            => maps.FirstOrDefault(map => (map.Type.Descriptor.Operations & operations) == operations && operations != MapOperations.None);

        private static bool Unload(Findings.Result<LoadedProgram> result)
        {
            result.Value?.Dispose();
            return result.IsSuccess;
        }
    }
}
