using Skep.Contracts;
using Skep.Programs;

namespace Skep.Testing;

/// <summary>Helpers under many threads, and as C functions.</summary>
public abstract unsafe partial class HelperSetContract
{
    [Fact]
    public void Many_threads_may_call_at_once()
    {
        foreach (HelperDescriptor helper in Called())
        {
            using var tested = new HelperCase(this, helper, optimize: true);
            foreach (string engine in tested.Runtime.Engines)
            {
                using LoadedProgram program = tested.Load(engine);
                Crowd.Run(Crowd.Threads, thread =>
                {
                    var random = new Random(thread);
                    for (int run = 0; run < Runs; run++)
                    {
                        byte[] data = tested.Event(random);
                        byte[] given = [.. data];
                        ulong value = FakeRuntime.Run(program, data);
                        if (helper.Result.Kind == HelperResultKind.Integer)
                        {
                            tested.RequireClaim(value, given);
                        }
                    }
                });
            }
        }
    }

    [Fact]
    public void C_functions_give_the_same_as_managed_ones()
    {
        if (Create() is not INativeHelperSet set)
        {
            return;
        }

        foreach (HelperDescriptor helper in set.Descriptor.Helpers.Where(helper => set.GetNativeFunction(helper) != 0))
        {
            Assert.False(helper.Result.Acquires || helper.Lock != LockEffect.None || helper.Arguments.Any(argument => argument.Releases || argument.Kind == HelperArgumentKind.Function), $"{helper.Name} has effects that the runtime has to see: it cannot be a C function");
            if (!IsRepeatable(helper) || helper.Arguments.Any(argument => argument.Kind is not (HelperArgumentKind.Anything or HelperArgumentKind.Size or HelperArgumentKind.SizeOrZero or HelperArgumentKind.ReadableMemory or HelperArgumentKind.WritableMemory)))
            {
                continue;
            }

            Compare(set, helper);
        }
    }

    private void Compare(INativeHelperSet set, HelperDescriptor helper)
    {
        using var tested = new HelperCase(this, helper, optimize: false);
        HelperFunction managed = set.GetFunction(helper);
        var native = (delegate* unmanaged[Cdecl]<Invocation*, ulong, ulong, ulong, ulong, ulong, ulong>)set.GetNativeFunction(helper);
        var random = new Random(9);
        string? difference = null;
        tested.Runtime.Insider.Body = (invocation, _, _) =>
        {
            ulong* a = stackalloc ulong[5];
            ulong* b = stackalloc ulong[5];
            for (int run = 0; run < Runs && difference is null; run++)
            {
                byte[] one = tested.Event(random);
                byte[] other = [.. one];
                fixed (byte* first = one, second = other)
                {
                    tested.Lay(first, a);
                    tested.Lay(second, b);
                    ulong expected = managed(invocation, a[0], a[1], a[2], a[3], a[4]);
                    ulong found = native(invocation, b[0], b[1], b[2], b[3], b[4]);
                    difference = helper.Result.Kind != HelperResultKind.Void && expected != found ? $"the C function gives 0x{found:x}, the managed one 0x{expected:x}"
                        : one.AsSpan().SequenceEqual(other) ? null : "the C function leaves other memory behind";
                }
            }

            return 1;
        };
        Assert.Equal(1UL, tested.Runtime.Run($"r1 = 0\nr2 = 0\ncall {InsideHelpers.Inside}\nexit", "interpreter"));

        // Not where it is found: what a helper throws ends in the engine.
        Assert.True(difference is null, $"{helper.Name}: {difference}");
    }
}
