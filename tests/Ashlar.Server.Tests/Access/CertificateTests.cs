using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ashlar.Server.Tests.Access;

public class CertificateTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_a_certificate_the_server_speaks_HTTPS_and_nothing_else()
    {
        using var certificate = Create();
        await using var server = await AshlarServer.StartAsync(
            stories.Engine, new() { Port = 0, Certificate = certificate }, Cancelled);
        Assert.Equal("https", server.Address.Scheme);

        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown!.Thumbprint == certificate.Thumbprint,
        };
        using var client = new HttpClient(handler) { BaseAddress = server.Address };
        var answer = await client.AskAsync("/v1/completions", """{"prompt": "Once", "max_tokens": 2}""");
        Assert.Equal("2", answer.Text("usage", "completion_tokens"));

        using var plain = new HttpClient { BaseAddress = new($"http://{server.Address.Authority}") };
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => plain.GetStringAsync(new Uri("/health", UriKind.Relative), Cancelled));
    }

    [Fact]
    public async Task A_certificate_without_its_key_is_refused()
    {
        using var certificate = Create();
        using var shown = X509CertificateLoader.LoadCertificate(certificate.Export(X509ContentType.Cert));
        var error = await Assert.ThrowsAsync<ArgumentException>(
            () => AshlarServer.StartAsync(stories.Engine, new() { Port = 0, Certificate = shown }, Cancelled));
        Assert.Contains("private key", error.Message, StringComparison.Ordinal);
    }

    private static X509Certificate2 Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
