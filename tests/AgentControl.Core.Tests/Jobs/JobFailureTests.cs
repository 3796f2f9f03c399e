using AgentControl.Core.Jobs;

namespace AgentControl.Core.Tests.Jobs;

public sealed class JobFailureTests
{
    [Fact]
    public void A_failure_says_nothing_of_the_parameters_of_our_code()
    {
        Assert.Equal("A path has no .. in it.", MessageOf(() => Wrong("A path has no .. in it.")));
        Assert.Equal("(Parameter 'x') is wrong", JobFailure.From(new IOException("(Parameter 'x') is wrong")).Message);
        // An actual value stands on a line of its own behind it.
        Assert.DoesNotContain("Parameter", MessageOf(() => Negative(-8)), StringComparison.Ordinal);
    }

    private static void Wrong(string path) => throw new ArgumentException(path, nameof(path));

    private static void Negative(int count) => ArgumentOutOfRangeException.ThrowIfNegative(count);

    private static string MessageOf(Action code) => JobFailure.From(Assert.ThrowsAny<ArgumentException>(code)).Message;
}
