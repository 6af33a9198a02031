{{/* The pod, of a Deployment or of a job: its metadata and its spec. */}}
{{- define "handler.pod" -}}
metadata:
  labels:
    {{- include "handler.podLabels" . | nindent 4 }}
  {{- with include "handler.podAnnotations" . }}
  annotations:
    {{- . | nindent 4 }}
  {{- end }}
spec:
  {{- if eq .Values.scaling.engine "job" }}
  restartPolicy: Never
  {{- end }}
  serviceAccountName: {{ .Values.service | quote }}
  {{- /* Only the sidecar speaks to the Kubernetes API (Dapr's secret store); a plain consumer needs no token. */}}
  automountServiceAccountToken: {{ .Values.dapr.enabled }}
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds | int }}
  {{- include "handler.pull" . | trim | nindent 2 }}
  containers:
    # The app stays the first container: KEDA resolves a trigger's *FromEnv
    # keys from the first container of the scale target.
    - name: {{ .Values.service | quote }}
      image: {{ include "handler.image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy | quote }}
      ports:
        - name: http
          containerPort: {{ .Values.port | int }}
          protocol: TCP
      {{- with include "handler.env" . }}
      env:
        {{- . | trim | nindent 8 }}
      {{- end }}
      {{- with .Values.probes.startup }}
      startupProbe:
        {{- include "handler.probe" . | nindent 8 }}
        periodSeconds: 2
        failureThreshold: 60
      {{- end }}
      {{- with .Values.probes.liveness }}
      livenessProbe:
        {{- include "handler.probe" . | nindent 8 }}
        periodSeconds: 10
        failureThreshold: 3
      {{- end }}
      {{- with .Values.probes.readiness }}
      readinessProbe:
        {{- include "handler.probe" . | nindent 8 }}
        periodSeconds: 5
        failureThreshold: 2
      {{- end }}
      {{- if or .Values.resources.requests .Values.resources.limits }}
      resources:
        {{- with .Values.resources.requests }}
        requests:
          {{- include "handler.stringMap" . | nindent 10 }}
        {{- end }}
        {{- with .Values.resources.limits }}
        limits:
          {{- include "handler.stringMap" . | nindent 10 }}
        {{- end }}
      {{- end }}
      {{- include "handler.confinement" . | trim | nindent 6 }}
      volumeMounts:
        - name: tmp
          mountPath: /tmp
  volumes:
    - name: tmp
      emptyDir: {}
  topologySpreadConstraints:
    {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
    - maxSkew: 1
      topologyKey: {{ . | quote }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "handler.selectorLabels" $ | nindent 10 }}
    {{- end }}
{{- end }}

{{/* How the image is had, and as whom it runs. */}}
{{- define "handler.pull" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  seccompProfile:
    type: RuntimeDefault
{{- end }}

{{/* What the container may not do. */}}
{{- define "handler.confinement" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  capabilities:
    drop:
      - ALL
{{- end }}
