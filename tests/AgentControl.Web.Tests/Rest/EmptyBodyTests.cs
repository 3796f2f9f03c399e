using System.Net;
using System.Text.Json;
using AgentControl.Web.Tests.Access;
using AgentControl.Web.Tests.Fixtures;

namespace AgentControl.Web.Tests.Rest;

/// <summary>Every route of the API that changes something, called without a body.</summary>
public sealed class EmptyBodyTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    /// <summary>They need none, or the contract lets it out. A new route is listed here or refuses an empty body.</summary>
    private static readonly HashSet<string> _without =
    [
        "POST /api/v1/people/{id:guid}/password-link",
        "POST /api/v1/services/{name}/reset",
        "POST /api/v1/services/{name}/test",
        "POST /api/v1/jobs/{id}/cancel",
        "POST /api/v1/jobs/{id}/force-stop",
        "POST /api/v1/jobs/{id}/fork",
        "POST /api/v1/jobs/{id}/pause",
        "POST /api/v1/jobs/{id}/resume",
        "POST /api/v1/jobs/{id}/retry",
        "POST /api/v1/jobs/{id}/retry-now",
        "POST /api/v1/jobs/{id}/run-now",
        "POST /api/v1/jobs/{id}/skip-wait",
        "POST /api/v1/approvals/{id}/undo",
        "POST /api/v1/bulk/{id:guid}/abort",
        "POST /api/v1/failures/retry",
        "POST /api/v1/failures/{id:guid}/ignore",
        "POST /api/v1/failures/{id:guid}/reopen",
        "POST /api/v1/failures/{id:guid}/resolve",
        "POST /api/v1/failures/{id:guid}/retry",
        "POST /api/v1/notifications/channels/{name}/test",
        "POST /api/v1/notifications/read",
        "POST /api/v1/notifications/{id:guid}/read",
        "POST /api/v1/notifications/deliveries/{id}/resend",
        "POST /api/v1/schedules/{name}/pause",
        "POST /api/v1/schedules/{name}/resume",
        "POST /api/v1/schedules/{name}/run",
        "POST /api/v1/workspaces/{ws}/bin/{**path}",
        "POST /api/v1/workspaces/{ws}/versions/{**path}",
        // What is not signed is not looked into.
        "POST /api/v1/slack/actions",
        "PUT /api/v1/workspaces/{ws}",
        // The bytes of a file, which may be none.
        "PUT /api/v1/workspaces/{ws}/files/{**path}",
    ];

    [Fact]
    public async Task Where_a_body_is_asked_for_its_absence_is_told()
    {
        var wrong = new List<string>();
        var refused = 0;
        foreach (var route in await MappedRoute.AllAsync(program.Services))
        {
            if (
                route.Method is not ("POST" or "PUT" or "PATCH")
                || !route.Pattern.StartsWith("/api/", StringComparison.Ordinal)
                || _without.Contains(route.Name)
            )
                continue;
            using var request = route.Request();
            request.Content = null;
            request.RequestUri = new Uri(program.Address, request.RequestUri!);
            using var answer = await program.Admin.SendAsync(request, TestContext.Current.CancellationToken);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            if (answer.StatusCode == HttpStatusCode.BadRequest && IsTold(text))
                refused++;
            else
                wrong.Add($"{route.Name}: {(int)answer.StatusCode} {text}");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.NotEqual(0, refused);
    }

    private static bool IsTold(string text) =>
        text.Length > 0
        && JsonElement.Parse(text).TryGetProperty("errors", out var errors)
        && errors.TryGetProperty("body", out var remedy)
        && remedy[0].GetString() == "Send a JSON body.";
}
