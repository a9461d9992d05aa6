namespace Skep.Cli.Tests.Support;

/// <summary>
/// C# of a plugin with back ends for tests. <c>fake-x64</c> and <c>fake-arm64</c>: a no-operation an instruction, and for a helper call the load of its cell, as
/// an immediate in the one and from a constant behind the code in the other. <c>liar</c>: programs that return 7. <c>refuser</c>: compiles nothing.
/// </summary>
internal static class FakeBackends
{
    public const string Source =
        """
        using System;
        using System.Collections.Generic;
        using System.Collections.Immutable;
        using System.Runtime.InteropServices;
        using Skep.Contracts;
        using Skep.Findings;
        using Skep.Isa;
        using Skep.Programs;

        public sealed class FakesPlugin : IPlugin
        {
            public PluginInfo Info => new PluginInfo("Acme.Fakes", new Version(1, 0), "Back ends for tests.");
            public void Register(IPluginRegistry registry)
            {
                registry.AddJitBackend<FakeX64>();
                registry.AddJitBackend<FakeArm64>();
                registry.AddJitBackend<Liar>();
                registry.AddJitBackend<Refuser>();
            }
        }

        public sealed class FakeX64 : IJitBackend, IAvailability
        {
            public JitBackendDescriptor Descriptor { get; } = new JitBackendDescriptor { Name = "fake-x64", Description = "For show.", Architecture = Architecture.X64, Preference = -5 };
            public Finding FindObstacle() => new Rule("ACME0001", "for show", "Look at it.").Error(Place.Nowhere, "its code is for show");
            public CompiledCode Compile(LoweredProgram program, JitOptions options)
            {
                var code = new List<byte> { 0x55 };
                var map = new List<PcMapEntry> { new PcMapEntry(0, new SlotIndex(0)) };
                var relocations = new List<CodeRelocation>();
                for (int slot = 0; slot < program.Instructions.Length; slot += program.Instructions[slot].Row.Slots)
                {
                    map.Add(new PcMapEntry(code.Count, new SlotIndex(slot)));
                    if (program.Instructions[slot].Operation == Operation.CallHelper)
                    {
                        relocations.Add(new CodeRelocation(code.Count + 2, CodeRelocationKind.HelperCell, (int)program.Instructions[slot].Immediate));
                        code.AddRange(new byte[] { 0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0x10 });
                    }
                    else
                    {
                        code.Add(program.Instructions[slot].Operation == Operation.Exit ? (byte)0xc3 : (byte)0x90);
                    }
                }
                return new NativeImage(code.ToImmutableArray(), relocations.ToImmutableArray(), map.ToImmutableArray(), ImmutableArray.Create(new CodeEntry(new SlotIndex(0), 0)));
            }
        }

        public sealed class FakeArm64 : IJitBackend
        {
            public JitBackendDescriptor Descriptor { get; } = new JitBackendDescriptor { Name = "fake-arm64", Description = "For show.", Architecture = Architecture.Arm64, Preference = -6 };
            public CompiledCode Compile(LoweredProgram program, JitOptions options)
            {
                var words = new List<uint>();
                var map = new List<PcMapEntry>();
                var calls = new List<(int Word, int Helper)>();
                for (int slot = 0; slot < program.Instructions.Length; slot += program.Instructions[slot].Row.Slots)
                {
                    map.Add(new PcMapEntry(words.Count * 4, new SlotIndex(slot)));
                    Operation operation = program.Instructions[slot].Operation;
                    if (operation == Operation.CallHelper) { calls.Add((words.Count, (int)program.Instructions[slot].Immediate)); }
                    words.Add(operation == Operation.CallHelper ? 0x58000010u : operation == Operation.Exit ? 0xd65f03c0u : 0xd503201fu);
                }
                var relocations = new List<CodeRelocation>();
                foreach (var call in calls)
                {
                    words[call.Word] |= (uint)(words.Count - call.Word) << 5;
                    relocations.Add(new CodeRelocation(words.Count * 4, CodeRelocationKind.HelperCell, call.Helper));
                    words.Add(0);
                    words.Add(0);
                }
                var code = new byte[words.Count * 4];
                Buffer.BlockCopy(words.ToArray(), 0, code, 0, code.Length);
                return new NativeImage(code.ToImmutableArray(), relocations.ToImmutableArray(), map.ToImmutableArray(), ImmutableArray.Create(new CodeEntry(new SlotIndex(0), 0)));
            }
        }

        public sealed unsafe class Liar : IJitBackend
        {
            public JitBackendDescriptor Descriptor { get; } = new JitBackendDescriptor { Name = "liar", Description = "Wrong.", Preference = -7 };
            public CompiledCode Compile(LoweredProgram program, JitOptions options)
                => new ManagedEntry((invocation, r1, r2, r3, r4, r5) => 7, ImmutableDictionary<int, CompiledEntry>.Empty);
        }

        public sealed class Refuser : IJitBackend
        {
            public JitBackendDescriptor Descriptor { get; } = new JitBackendDescriptor { Name = "refuser", Description = "Compiles nothing.", Preference = -8 };
            public CompiledCode Compile(LoweredProgram program, JitOptions options) => throw new NotSupportedException("not today");
        }
        """;
}
