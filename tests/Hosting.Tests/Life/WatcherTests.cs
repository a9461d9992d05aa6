using System.Collections.Concurrent;
using Skep.Hosting.Tests.Support;
using Skep.Programs;

namespace Skep.Hosting.Tests.Life;

/// <summary>A watched folder: what is laid there is loaded, what is written over is upgraded, what is deleted leaves.</summary>
public sealed class WatcherTests : IDisposable
{
    private readonly PluginForge _forge = new();
    private readonly ConcurrentQueue<PluginChange> _changes = [];
    private readonly LifeHost _life;

    public WatcherTests()
    {
        _life = new LifeHost(skep => skep.AddPluginFolder(_forge.Root).WatchPluginFolder(TimeSpan.FromMilliseconds(30), DrainOptions.Default with { Deadline = TimeSpan.Zero }));
        _life.Host.PluginsChanged += _changes.Enqueue;
    }

    public void Dispose()
    {
        _life.Dispose();
        _forge.Dispose();
    }

    [Fact]
    public void A_plugin_comes_is_upgraded_and_goes()
    {
        Lay(1);
        Assert.Equal("loaded Acme 1.0", Next().ToString());
        var program = new Held<LoadedProgram>(() => _life.Program("call acme_answer#4001\nexit"));
        Assert.Equal(1ul, program.Use(held => held.Run(default).Value));
        Lay(2);
        PluginChange upgrade = Next();
        Assert.Equal("upgraded Acme 1.0 to Acme 2.0", upgrade.ToString());
        Assert.Equal(2ul, program.Use(held => held.Run(default).Value));
        LifeHost.AssertGone(upgrade.Went);

        Directory.Delete(Path.GetDirectoryName(_forge.PathOf("Acme"))!, recursive: true);
        PluginChange refused = Next();
        Assert.Equal("SKEP5114", Assert.Single(refused.Findings).Rule.Id);
        Assert.Equal(2ul, program.Use(held => held.Run(default).Value));
        program.Dispose();

        Lay(3);
        PluginChange again = Next();
        Assert.Equal("upgraded Acme 2.0 to Acme 3.0", again.ToString());
        Directory.Delete(Path.GetDirectoryName(_forge.PathOf("Acme"))!, recursive: true);
        Assert.Equal("unloaded Acme 3.0", Next().ToString());
        LifeHost.AssertGone(again.Came);
        Assert.Empty(_changes);
    }

    [Fact]
    public void A_file_that_is_being_written_is_waited_for()
    {
        byte[] image = PluginForge.Compile("Acme", LifeSources.Answer(1), PluginForge.Contracts);
        string path = _forge.Lay(_forge.PathOf("Acme"), image[..(image.Length / 2)]);
        Assert.False(SpinWait.SpinUntil(() => !_changes.IsEmpty, TimeSpan.FromMilliseconds(150)), "nothing is to be said of it");
        _forge.Lay(path, image);
        Assert.Equal("loaded Acme 1.0", Next().ToString());
        Assert.Empty(_changes);
    }

    [Fact]
    public void A_file_that_stays_broken_is_said_once_and_does_not_take_the_old_ones_place()
    {
        Lay(1);
        Assert.True(Next().Succeeded);
        _forge.Lay(_forge.PathOf("Acme"), "MZ nothing");
        PluginChange broken = Next();
        Assert.Equal("SKEP5103", Assert.Single(broken.Findings).Rule.Id);
        Assert.Equal(1ul, Run());
        Lay(2);
        Assert.True(Next().Succeeded);
        Assert.Equal(2ul, Run());
    }

    [Fact]
    public void What_lies_there_from_the_start_is_not_loaded_twice()
    {
        _forge.Lay(_forge.PathOf("Acme"), PluginForge.Compile("Acme", LifeSources.Answer(1), PluginForge.Contracts));
        Assert.Equal("loaded Acme 1.0", Next().ToString());
        using SkepHost other = SkepHost.Create(skep => skep.AddPluginFolder(_forge.Root).WatchPluginFolder(TimeSpan.FromMilliseconds(1)));
        other.PluginsChanged += _changes.Enqueue;
        Assert.False(SpinWait.SpinUntil(() => !_changes.IsEmpty, TimeSpan.FromMilliseconds(100)), "nothing is to happen");
        Assert.Single(other.Plugins);
    }

    private void Lay(int version) => _forge.Lay(_forge.PathOf("Acme"), PluginForge.Compile("Acme", LifeSources.Answer(version), PluginForge.Contracts));

    private ulong Run()
    {
        using LoadedProgram program = _life.Program("call acme_answer#4001\nexit");
        return program.Run(default).Value;
    }

    private PluginChange Next()
    {
        PluginChange? change = null;
        Assert.True(SpinWait.SpinUntil(() => _changes.TryDequeue(out change), LifeHost.Patience));
        return change!;
    }
}
