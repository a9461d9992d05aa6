using System.Reflection;

namespace Skep.Sdk.Testing.Tests;

/// <summary>Runs one test of a contract and wants it to fail. Broken contracts are internal, so that no runner finds them.</summary>
internal static class ShouldFail
{
    /// <param name="says">A part of what the test must say.</param>
    public static void With<T>(string test, string says, params object[] arguments)
        where T : new()
    {
        Exception thrown = Run<T>(test, arguments) ?? throw new Xunit.Sdk.XunitException($"{typeof(T).Name} passes {test}, and must not.");
        Assert.Contains(says, thrown.ToString(), StringComparison.Ordinal);
    }

    /// <summary>The unbroken twin passes: it is the defect that the test sees.</summary>
    public static void NotWith<T>(string test, params object[] arguments)
        where T : new()
        => Assert.Null(Run<T>(test, arguments));

    private static Exception? Run<T>(string test, object[] arguments)
        where T : new()
    {
        MethodInfo method = typeof(T).GetMethod(test) ?? throw new ArgumentException($"{typeof(T).Name} has no test {test}.", nameof(test));
        try
        {
            method.Invoke(new T(), arguments);
            return null;
        }
        catch (TargetInvocationException exception)
        {
            return exception.InnerException!;
        }
    }
}
