using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace AgentControl.Web.Tests.Fixtures;

/// <summary>What is expected of every refusal.</summary>
internal static class ProblemReading
{
    /// <summary>The problem; fails unless it has this status and this stable code.</summary>
    public static async Task<JsonElement> ProblemAsync(
        this HttpResponseMessage answer,
        HttpStatusCode status,
        string code
    )
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"Expected {status}, got {answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonElement.Parse(text);
        Assert.Equal(code, problem.GetProperty("code").GetString());
        return problem;
    }

    /// <summary>400 with a remedy for this field.</summary>
    public static async Task<string> FieldAsync(this HttpResponseMessage answer, string field)
    {
        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest, "invalid");
        Assert.True(
            problem.GetProperty("errors").TryGetProperty(field, out var remedies),
            $"No error for {field}: {problem}"
        );
        return remedies[0].GetString()!;
    }

    public static HttpRequestMessage Json(HttpMethod method, string path, string body, string? idempotencyKey = null)
    {
        var request = new HttpRequestMessage(method, path)
        {
            Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        };
        if (idempotencyKey is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        return request;
    }
}
