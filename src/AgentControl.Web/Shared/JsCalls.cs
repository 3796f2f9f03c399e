using Microsoft.JSInterop;

namespace AgentControl.Web.Shared;

/// <summary>Calls into the browser that may find it gone: a closed tab is no error.</summary>
internal static class JsCalls
{
    public static async Task TryInvokeAsync(this IJSRuntime js, string name, params object?[] arguments)
    {
        try
        {
            await js.InvokeVoidAsync(name, arguments);
        }
        catch (JSDisconnectedException)
        {
            // The tab is closed; nobody is left to tell.
        }
        catch (OperationCanceledException)
        {
            // The circuit ends while the call is under way.
        }
    }
}
