using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Tests.Storage.Embedded;

/// <summary>Tells a test when a message with a given number was logged so many times.</summary>
internal sealed class SignalLogger(int eventId, int times) : ILogger
{
    private readonly TaskCompletionSource logged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int count;

#pragma warning disable VSTHRD003 // A signal: completed by whoever logs.
    public Task Logged => logged.Task;
#pragma warning restore VSTHRD003

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId id,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (id.Id == eventId && Interlocked.Increment(ref count) == times)
        {
            logged.SetResult();
        }
    }
}
