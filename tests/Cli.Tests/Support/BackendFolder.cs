using Skep.Hosting.Tests.Support;

namespace Skep.Cli.Tests.Support;

/// <summary>A plugin folder of what the command has, the sample back end <c>steps</c>, and back ends that only tests want (<see cref="FakeBackends"/>).</summary>
internal sealed class BackendFolder : IDisposable
{
    private readonly PluginForge _forge = new();

    public BackendFolder()
    {
        foreach (string plugin in Directory.EnumerateDirectories(System.IO.Path.Combine(SkepProcess.CommandFolder, "plugins")))
        {
            Copy(plugin, System.IO.Path.GetFileName(plugin));
        }

        Copy(SkepProcess.StepsPluginFolder, "Acme.Jit.Steps");
        _forge.Add("Acme.Fakes", FakeBackends.Source);
    }

    public string Path => _forge.Root;

    /// <summary>Runs the command on these plugins.</summary>
    public Task<SkepResult> RunAsync(params string[] arguments) => SkepProcess.RunAsync([.. arguments, "--plugins", Path]);

    public void Dispose() => _forge.Dispose();

    private void Copy(string folder, string name)
    {
        Directory.CreateDirectory(System.IO.Path.Combine(Path, name));
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            File.Copy(file, System.IO.Path.Combine(Path, name, System.IO.Path.GetFileName(file)));
        }
    }
}
